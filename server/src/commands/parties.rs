//! `terrein organisation`, `terrein role`, `terrein area`: what the operator lays down before people can invite one another. Each is recorded
//! in the audit log, as the operator's. Status 0 when done, 1 when refused.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, ensure};
use clap::{Args, Subcommand, ValueEnum};
use serde_json::{Value, json};
use sqlx::postgres::PgConnectOptions;
use terrein_shared::geometry::Geom;
use uuid::Uuid;

use super::database;
use crate::access::Role;
use crate::access::operator::{self, Area, NewOrganisation, NewPerson, RoleOf};
use crate::audit::{Event, record_as};
use crate::config::DatabaseSettings;
use crate::texts::Language;

/// Largest file of a service area.
const FILE: u64 = 50 * 1024 * 1024;

/// `terrein organisation …`
#[derive(Debug, Args)]
pub struct OrganisationArgs {
    #[command(subcommand)]
    command: OrganisationCommand,
    /// Print one JSON object
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum OrganisationCommand {
    /// Add an organisation; prints its id
    Add {
        /// What it is
        kind: Kind,
        /// What it is called
        name: String,
        /// Of a municipality: its code, as GM0361
        #[arg(long, value_name = "CODE")]
        municipality: Option<String>,
        /// Of a province: its code, as PV27
        #[arg(long, value_name = "CODE")]
        province: Option<String>,
    },
    /// List all organisations with their ids
    List,
}

/// Kinds of organisations, as the database has them.
#[derive(Debug, Clone, Copy, ValueEnum)]
#[value(rename_all = "snake_case")]
enum Kind {
    Programme,
    Company,
    Owner,
    Municipality,
    GridOperator,
    ParkManagement,
    Province,
    Partner,
    Operator,
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Self::Programme => "programme",
            Self::Company => "company",
            Self::Owner => "owner",
            Self::Municipality => "municipality",
            Self::GridOperator => "grid_operator",
            Self::ParkManagement => "park_management",
            Self::Province => "province",
            Self::Partner => "partner",
            Self::Operator => "operator",
        }
    }
}

/// `terrein role …`
#[derive(Debug, Args)]
pub struct RoleArgs {
    #[command(subcommand)]
    command: RoleCommand,
    /// Print one JSON object
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum RoleCommand {
    /// Give somebody a role, at once; whoever is not here yet is added
    Grant {
        #[command(flatten)]
        of: Of,
        /// The person's name, for whoever is not here yet
        #[arg(long)]
        name: Option<String>,
        /// The language of their mails, for whoever is not here yet: nl or en
        #[arg(long, default_value = "nl", value_parser = ["nl", "en"])]
        language: String,
    },
    /// End somebody's role, at once, in open sessions too
    Withdraw {
        #[command(flatten)]
        of: Of,
    },
}

#[derive(Debug, Args)]
struct Of {
    /// The person's mail address
    email: String,
    /// aanjager, entrepreneur, owner, municipality, grid_operator, park_manager, project_lead, province, partner or admin
    #[arg(value_parser = role)]
    role: Role,
    /// For which organisation: its id, or its whole name
    #[arg(long, value_name = "ID|NAME")]
    organisation: String,
    /// On which terrain: its id, or its whole name; without it wherever the organisation has one
    #[arg(long, value_name = "ID|NAME")]
    terrain: Option<String>,
}

impl Of {
    fn read(&self) -> RoleOf<'_> {
        RoleOf { email: &self.email, role: self.role, organisation: &self.organisation, terrain: self.terrain.as_deref() }
    }
}

fn role(word: &str) -> Result<Role, String> {
    Role::from_word(word).map_err(|_| format!("“{word}” is no role"))
}

/// `terrein area …`
#[derive(Debug, Args)]
pub struct AreaArgs {
    #[command(subcommand)]
    command: AreaCommand,
    /// Print one JSON object
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum AreaCommand {
    /// Set where an organisation looks: a grid operator's service area, a municipality's or province's code
    Set {
        /// Whose: its id, or its whole name
        #[arg(value_name = "ID|NAME")]
        organisation: String,
        #[command(flatten)]
        area: Where,
    },
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Where {
    /// A grid operator's service area: a GeoJSON file of polygons, in degrees (EPSG:4326)
    #[arg(long, value_name = "FILE")]
    geojson: Option<PathBuf>,
    /// A municipality's code, as GM0361
    #[arg(long, value_name = "CODE")]
    municipality: Option<String>,
    /// A province's code, as PV27
    #[arg(long, value_name = "CODE")]
    province: Option<String>,
}

impl Where {
    fn read(self) -> anyhow::Result<Area> {
        match (self.geojson, self.municipality, self.province) {
            (Some(file), ..) => polygons(&file).map(Area::Service),
            (_, Some(code), _) => Ok(Area::Municipality(code)),
            (_, _, Some(code)) => Ok(Area::Province(code)),
            (None, None, None) => anyhow::bail!("give --geojson, --municipality or --province"),
        }
    }
}

/// The polygons of a GeoJSON file: a geometry, a feature or a collection.
fn polygons(file: &Path) -> anyhow::Result<Vec<Geom>> {
    let name = file.display();
    let size = std::fs::metadata(file).with_context(|| format!("{name} cannot be read"))?.len();
    ensure!(size <= FILE, "{name} is larger than {} MB", FILE / 1024 / 1024);
    let text = std::fs::read(file).with_context(|| format!("{name} cannot be read"))?;
    let mut said: Value = serde_json::from_slice(&text).with_context(|| format!("{name} is no JSON"))?;
    let features = match said["features"].take() {
        Value::Array(features) => features,
        _ => vec![said],
    };
    ensure!(!features.is_empty(), "{name} holds no features");
    let shape = |(n, mut feature): (usize, Value)| {
        let geometry = if feature["type"] == "Feature" { feature["geometry"].take() } else { feature };
        let polygon = matches!(geometry["type"].as_str(), Some("Polygon" | "MultiPolygon"));
        ensure!(polygon, "feature {} of {name} is no polygon", n + 1);
        Geom::from_geojson(geometry).map_err(|reason| anyhow::anyhow!("feature {} of {name}: {}", n + 1, reason.code()))
    };
    features.into_iter().enumerate().map(shape).collect()
}

/// What a command came to: a line for people, an object for programs, and an event.
struct Done {
    line: String,
    object: Value,
    event: Event,
}

pub async fn organisation(settings: &DatabaseSettings, args: OrganisationArgs) -> anyhow::Result<ExitCode> {
    let (cluster, roles) = database::open(settings).await?;
    let ended = match args.command {
        OrganisationCommand::Add { kind, name, municipality, province } => {
            let new =
                NewOrganisation { kind: kind.word(), name: &name, municipality: municipality.as_deref(), province: province.as_deref() };
            let added = operator::add_organisation(&roles.worker, &new).await.and_then(|added| {
                let line = format!("{} {} has id {}", added.kind, added.name, added.id);
                Ok(Done { line, object: serde_json::to_value(&added)?, event: on_organisation("addOrganisation", added.id) })
            });
            told(&roles.worker, "addOrganisation", args.json, added).await
        }
        OrganisationCommand::List => listed(&roles.worker, args.json).await,
    };
    database::close(cluster).await;
    ended
}

async fn listed(worker: &PgConnectOptions, json: bool) -> anyhow::Result<ExitCode> {
    let all = operator::organisations(worker).await?;
    if json {
        println!("{}", json!({ "organisations": all }));
    } else {
        for organisation in all {
            println!("{}  {:<15}  {}", organisation.id, organisation.kind, organisation.name);
        }
    }
    Ok(ExitCode::SUCCESS)
}

pub async fn role_command(settings: &DatabaseSettings, args: RoleArgs) -> anyhow::Result<ExitCode> {
    let (cluster, roles) = database::open(settings).await?;
    let (action, word, of, changed) = match args.command {
        RoleCommand::Grant { of, name, language } => {
            let person = NewPerson { name: name.as_deref(), language: Language::from_code(&language) };
            let changed = operator::grant_role(&roles.worker, &of.read(), &person).await;
            ("grantRole", "is", of, changed)
        }
        RoleCommand::Withdraw { of } => {
            let changed = operator::withdraw_role(&roles.worker, &of.read()).await;
            ("withdrawRole", "is no longer", of, changed)
        }
    };
    let done = changed.and_then(|changed| {
        let mut event = Event::done(action).on("membership", changed.membership).with("role", of.role.word());
        event.organisations = vec![changed.organisation];
        let line = format!("{} {word} {} for {}", of.email, of.role.word(), of.organisation);
        Ok(Done { line, object: serde_json::to_value(&changed)?, event })
    });
    let ended = told(&roles.worker, action, args.json, done).await;
    database::close(cluster).await;
    ended
}

pub async fn area(settings: &DatabaseSettings, args: AreaArgs) -> anyhow::Result<ExitCode> {
    let AreaCommand::Set { organisation, area } = args.command;
    let area = area.read()?;
    let (cluster, roles) = database::open(settings).await?;
    let done = operator::set_area(&roles.worker, &organisation, &area).await.map(|(set, size)| {
        let line = match size {
            Some(size) => format!("{} looks at {size:.1} km²", set.name),
            None => format!("{} looks elsewhere from now on", set.name),
        };
        Done { line, object: json!({ "organisation": set.id, "areaKm2": size }), event: on_organisation("setArea", set.id) }
    });
    let ended = told(&roles.worker, "setArea", args.json, done).await;
    database::close(cluster).await;
    ended
}

fn on_organisation(action: &str, id: Uuid) -> Event {
    Event::done(action).on("organisation", id)
}

/// Records what became of a command, then tells it.
async fn told(worker: &PgConnectOptions, action: &str, json: bool, done: anyhow::Result<Done>) -> anyhow::Result<ExitCode> {
    let event = match &done {
        Ok(done) => done.event.clone(),
        Err(_) => Event::done(action).ended("INVALID"),
    };
    let recorded = record_as(worker, &event).await;
    let Done { line, object, .. } = done?;
    recorded.context("done, and not recorded in the audit log")?;
    if json {
        println!("{object}");
    } else {
        println!("{line}");
    }
    Ok(ExitCode::SUCCESS)
}
