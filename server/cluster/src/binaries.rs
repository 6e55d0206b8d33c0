//! Which PostgreSQL of this machine to use: one that has PostGIS, and of the version that made the data.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{ClusterError, account::run};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Binaries {
    pub(crate) folder: PathBuf,
    /// Major version, as in `PG_VERSION`: "15".
    pub(crate) version: String,
}

impl Binaries {
    pub(crate) fn tool(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}

/// Looks in `PG_BINDIR` (and then nowhere else), else where `pg_config` points and where Debian keeps each version.
///
/// `made_by`: the version of existing data, which alone can open it; without it the newest is taken.
pub(crate) fn find(data: &Path, made_by: Option<&str>) -> Result<Binaries, ClusterError> {
    let found = match std::env::var_os("PG_BINDIR").filter(|v| !v.is_empty()) {
        Some(folder) => {
            let folder = PathBuf::from(folder);
            vec![inspect(&folder).map_err(|reason| ClusterError::PgBindir { folder, reason })?]
        }
        None => {
            let searched = candidates();
            let found: Vec<_> = searched.iter().filter_map(|folder| inspect(folder).ok()).collect();
            if found.is_empty() {
                return Err(ClusterError::NotFound { searched });
            }
            found
        }
    };
    choose(found, made_by).map_err(|found| ClusterError::ForeignVersion {
        folder: data.to_owned(),
        made_by: made_by.unwrap_or_default().to_owned(),
        found,
    })
}

/// The error holds the versions there are.
fn choose(found: Vec<Binaries>, made_by: Option<&str>) -> Result<Binaries, String> {
    let versions = || found.iter().map(|b| b.version.as_str()).collect::<Vec<_>>().join(" and ");
    match made_by {
        Some(version) => found.iter().find(|b| b.version == version).cloned().ok_or_else(versions),
        None => found.iter().max_by_key(|b| b.version.parse::<u32>().unwrap_or(0)).cloned().ok_or_else(versions),
    }
}

fn candidates() -> Vec<PathBuf> {
    let mut folders = Vec::new();
    if let Ok(output) = run(Command::new("pg_config").arg("--bindir")) {
        folders.push(PathBuf::from(String::from_utf8_lossy(&output.stdout).trim()));
    }
    let root = Path::new("/usr/lib/postgresql");
    let mut versions: Vec<_> = fs::read_dir(root).into_iter().flatten().flatten().map(|entry| entry.path().join("bin")).collect();
    versions.sort();
    folders.extend(versions);
    folders.retain(|folder| folder.is_absolute());
    folders.dedup();
    // Named in the error even when it does not exist.
    if folders.is_empty() {
        folders.push(root.to_owned());
    }
    folders
}

/// A folder with a whole PostgreSQL in it, whose extensions include PostGIS; or the reason why not.
fn inspect(folder: &Path) -> Result<Binaries, String> {
    for tool in ["initdb", "postgres", "pg_config"] {
        if !folder.join(tool).is_file() {
            return Err(format!("it holds no {tool}"));
        }
    }
    let output = run(Command::new(folder.join("pg_config")).args(["--version", "--sharedir"])).map_err(|e| e.to_string())?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let (version, share) = text.trim().split_once('\n').ok_or("its pg_config does not answer")?;
    let version = major(version).ok_or_else(|| format!("its pg_config says {version:?}"))?;
    if !Path::new(share.trim()).join("extension/postgis.control").is_file() {
        return Err(format!("PostgreSQL {version} there has no PostGIS"));
    }
    Ok(Binaries { folder: folder.to_owned(), version })
}

/// "PostgreSQL 15.20 (Debian 15.20-0+deb12u1)" and "PostgreSQL 18beta1" -> "15", "18".
fn major(version: &str) -> Option<String> {
    let number: String = version.split_whitespace().nth(1)?.chars().take_while(char::is_ascii_digit).collect();
    (!number.is_empty()).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn binaries(version: &str) -> Binaries {
        Binaries { folder: PathBuf::from(format!("/pg/{version}")), version: version.to_owned() }
    }

    #[test]
    fn the_major_version_is_read_from_every_spelling() {
        assert_eq!(major("PostgreSQL 15.20 (Debian 15.20-0+deb12u1)").as_deref(), Some("15"));
        assert_eq!(major("PostgreSQL 18beta1").as_deref(), Some("18"));
        assert_eq!(major("something"), None);
    }

    #[test]
    fn new_data_takes_the_newest_and_old_data_its_own() {
        let all = || vec![binaries("9"), binaries("15"), binaries("17")];
        assert_eq!(choose(all(), None), Ok(binaries("17")));
        assert_eq!(choose(all(), Some("15")), Ok(binaries("15")));
        assert_eq!(choose(all(), Some("16")), Err("9 and 15 and 17".to_owned()));
    }
}
