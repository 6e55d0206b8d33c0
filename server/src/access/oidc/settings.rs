//! The file of providers (`TERREIN_OIDC`, TOML): who vouches for people here, and for which addresses.

use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use openidconnect::{ClientSecret, IssuerUrl};
use serde::Deserialize;

/// Most providers of one installation: each is a button on the sign-in screen.
const MOST: usize = 20;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    providers: Vec<Entry>,
}

/// A provider as the file has it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    id: String,
    name: String,
    issuer: String,
    client_id: String,
    client_secret: Option<String>,
    client_secret_file: Option<PathBuf>,
    scopes: Option<Vec<String>>,
    #[serde(default)]
    mail_domains: Vec<String>,
    #[serde(default)]
    provider_verifies_email: bool,
    #[serde(default)]
    username_is_email: bool,
    ca_file: Option<PathBuf>,
}

/// A provider, checked.
pub struct Settings {
    /// Its part of our addresses.
    pub id: String,
    /// What its button says.
    pub name: String,
    pub issuer: IssuerUrl,
    pub client_id: String,
    pub client_secret: ClientSecret,
    /// Beside `openid`.
    pub scopes: Vec<String>,
    pub addresses: Addresses,
    /// Certificates (PEM) of authorities beside the public ones, for a provider inside the house.
    pub authorities: Vec<reqwest::Certificate>,
}

/// Which of a provider's words on mail addresses count.
#[derive(Debug, Clone, Default)]
pub struct Addresses {
    /// Lower case; none: any.
    pub domains: Vec<String>,
    /// An address without `email_verified` is as good as verified: the provider gives addresses out itself.
    pub verified_by_provider: bool,
    /// Without an address, the user name is one (Entra ID: `preferred_username`).
    pub username: bool,
}

/// What a provider says of somebody's address.
#[derive(Debug, Default)]
pub struct Said<'a> {
    pub email: Option<&'a str>,
    pub email_verified: Option<bool>,
    pub preferred_username: Option<&'a str>,
}

impl Addresses {
    /// The address that this person has shown to be theirs, in lower case.
    #[must_use]
    pub fn of(&self, said: &Said<'_>) -> Option<String> {
        let verified = said.email.filter(|_| said.email_verified.unwrap_or(self.verified_by_provider));
        let address = verified.or_else(|| said.preferred_username.filter(|_| self.username))?.to_ascii_lowercase();
        let (local, domain) = address.rsplit_once('@')?;
        // Signs beyond ASCII have lower-case forms within it: another's address could be written that way.
        let plain = address.len() <= 254 && !local.is_empty() && address.bytes().all(|byte| byte.is_ascii_graphic());
        let ours = self.domains.is_empty() || self.domains.iter().any(|allowed| allowed == domain);
        (plain && ours).then_some(address)
    }
}

/// Reads the file.
///
/// # Errors
/// One line that names the file, the provider and what is wrong.
pub fn load(path: &Path, development: bool) -> anyhow::Result<Vec<Settings>> {
    let place = || format!("TERREIN_OIDC ({})", path.display());
    let text = std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", place()))?;
    // The parser's own words would repeat the line, which may hold a secret.
    let file: File = toml::from_str(&text).map_err(|error| anyhow::anyhow!("{}: {}", place(), error.message()))?;
    ensure!(file.providers.len() <= MOST, "{}: at most {MOST} providers", place());
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut all: Vec<Settings> = Vec::new();
    for entry in file.providers {
        let id = entry.id.clone();
        let settings = checked(entry, folder, development).with_context(|| format!("{}: provider {id:?}", place()))?;
        ensure!(all.iter().all(|other| other.id != settings.id), "{}: provider {id:?} is there twice", place());
        all.push(settings);
    }
    Ok(all)
}

fn checked(entry: Entry, folder: &Path, development: bool) -> anyhow::Result<Settings> {
    let id = entry.id;
    ensure!(
        (1..=40).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'),
        "id: 1 to 40 of a-z, 0-9 and -"
    );
    let name = entry.name.trim().to_owned();
    ensure!((1..=80).contains(&name.chars().count()) && !name.chars().any(char::is_control), "name: 1 to 80 characters");
    let issuer = url::Url::parse(&entry.issuer).context("issuer is not an address")?;
    ensure!(
        issuer.scheme() == "https" || (development && issuer.scheme() == "http"),
        "issuer must be https (http only in development): {}",
        entry.issuer
    );
    ensure!(
        issuer.query().is_none() && issuer.fragment().is_none() && issuer.username().is_empty() && issuer.password().is_none(),
        "issuer is an address without ?, # and @"
    );
    ensure!(!entry.client_id.is_empty(), "client_id is empty");
    let secret = match (entry.client_secret, entry.client_secret_file) {
        (Some(secret), None) => secret,
        (None, Some(file)) => {
            let file = folder.join(file);
            let text = std::fs::read_to_string(&file).with_context(|| format!("client_secret_file {} cannot be read", file.display()))?;
            text.trim_end_matches(['\r', '\n']).to_owned()
        }
        _ => anyhow::bail!("give client_secret or client_secret_file, one of both"),
    };
    ensure!(!secret.is_empty(), "the client's secret is empty");
    let domains: Vec<String> = entry.mail_domains.iter().map(|domain| domain.to_ascii_lowercase()).collect();
    ensure!(
        domains.iter().all(|domain| !domain.is_empty() && domain.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.' || b == b'-')),
        "mail_domains: names such as \"voorbeeld.nl\""
    );
    ensure!(
        !domains.is_empty() || !(entry.provider_verifies_email || entry.username_is_email),
        "provider_verifies_email and username_is_email need mail_domains: nobody vouches for addresses of others"
    );
    let authorities = match entry.ca_file {
        None => Vec::new(),
        Some(file) => {
            let file = folder.join(file);
            let pem = std::fs::read(&file).with_context(|| format!("ca_file {} cannot be read", file.display()))?;
            let found = reqwest::Certificate::from_pem_bundle(&pem).ok().filter(|found| !found.is_empty());
            found.with_context(|| format!("ca_file {} holds no certificate (PEM)", file.display()))?
        }
    };
    let scopes = entry.scopes.unwrap_or_else(|| vec!["email".to_owned(), "profile".to_owned()]);
    Ok(Settings {
        id,
        name,
        // As the file has it: a provider compares it letter by letter.
        issuer: IssuerUrl::new(entry.issuer).context("issuer is not an address")?,
        client_id: entry.client_id,
        client_secret: ClientSecret::new(secret),
        scopes: scopes.into_iter().filter(|scope| scope != "openid").collect(),
        addresses: Addresses { domains, verified_by_provider: entry.provider_verifies_email, username: entry.username_is_email },
        authorities,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, development: bool) -> Result<Vec<Settings>, String> {
        let folder = std::env::temp_dir().join(format!("terrein-oidc-{}", terrein_shared::id::new_id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        std::fs::write(folder.join("secret"), "from a file\n").expect("written");
        std::fs::write(folder.join("oidc.toml"), text).expect("written");
        let all = load(&folder.join("oidc.toml"), development).map_err(|error| format!("{error:#}"));
        std::fs::remove_dir_all(&folder).expect("cleared");
        all
    }

    const WHOLE: &str = r#"
        [[providers]]
        id = "gemeente"
        name = "Gemeente Voorbeeld"
        issuer = "https://login.example/tenant/v2.0"
        client_id = "terrein"
        client_secret_file = "secret"
        scopes = ["openid", "email"]
        mail_domains = ["Voorbeeld.nl"]
        provider_verifies_email = true
        username_is_email = true
    "#;

    #[test]
    fn a_whole_provider_is_read() {
        let all = read(WHOLE, false).expect("read");
        assert_eq!(
            (all[0].id.as_str(), all[0].name.as_str(), all[0].client_secret.secret().as_str()),
            ("gemeente", "Gemeente Voorbeeld", "from a file")
        );
        assert_eq!(
            (all[0].scopes.as_slice(), all[0].addresses.domains.as_slice()),
            (&["email".to_owned()][..], &["voorbeeld.nl".to_owned()][..])
        );
        assert!(read("", false).expect("read").is_empty());
    }

    #[test]
    fn a_wrong_file_is_told_in_one_line_without_its_secrets() {
        for (wrong, line) in [
            (WHOLE.replace("https:", "http:"), "issuer must be https"),
            (WHOLE.replace("tenant/v2.0", "tenant?x=1"), "without ?"),
            (WHOLE.replace("client_secret_file", "client_secret = \"x\"\nclient_secret_file"), "one of both"),
            (WHOLE.replace("\"secret\"", "\"elsewhere\""), "elsewhere cannot be read"),
            (WHOLE.replace("mail_domains = [\"Voorbeeld.nl\"]", ""), "need mail_domains"),
            (WHOLE.replace("Voorbeeld.nl", "@voorbeeld.nl"), "mail_domains"),
            (WHOLE.replace("\"gemeente\"", "\"Gemeente/..\""), "id: 1 to 40"),
            (format!("{WHOLE}{WHOLE}"), "twice"),
            (WHOLE.replace("client_id = \"terrein\"", ""), "client_id"),
            (format!("{WHOLE}\nclient_secrett = \"hush\""), "client_secrett"),
        ] {
            let said = read(&wrong, false).err().unwrap_or_default();
            assert!(said.contains(line) && said.contains("TERREIN_OIDC") && !said.contains("hush"), "{line}: {said}");
        }
        assert!(read(&WHOLE.replace("https:", "http:"), true).is_ok(), "http in development");
    }

    #[test]
    fn an_address_counts_when_the_provider_verified_it() {
        let strict = Addresses::default();
        let said = |email, email_verified, preferred_username| Said { email, email_verified, preferred_username };
        let (mail, name) = (Some("Ina@Voorbeeld.nl"), Some("ina@voorbeeld.nl"));
        assert_eq!(strict.of(&said(mail, Some(true), None)).as_deref(), Some("ina@voorbeeld.nl"));
        for unverified in [said(mail, None, None), said(mail, Some(false), name), said(None, Some(true), name)] {
            assert_eq!(strict.of(&unverified), None, "{unverified:?}");
        }
        let entra = Addresses { domains: vec!["voorbeeld.nl".into()], verified_by_provider: true, username: true };
        for good in [said(mail, None, None), said(None, None, name), said(mail, Some(false), name)] {
            assert_eq!(entra.of(&good).as_deref(), Some("ina@voorbeeld.nl"), "{good:?}");
        }
        for other in
            ["ina@elders.nl", "ina@sub.voorbeeld.nl", "voorbeeld.nl", "@voorbeeld.nl", "\u{212a}a@voorbeeld.nl", "a b@voorbeeld.nl"]
        {
            assert_eq!(entra.of(&said(Some(other), Some(true), None)), None, "{other}");
        }
    }
}
