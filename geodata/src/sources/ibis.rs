//! Business parks of the provinces (IBIS).
//!
//! One park may be several rows (RINNUMMER on each): it becomes one terrain, the union of its parts. Areas are m2 in the older files
//! (`OPPBRUTO`) and hectares in the newer (`HA_BRUTO`); `JAAR` is the year the park began in the older ones, the year of the survey in
//! the newer, where older surveys of the same park are passed over. It may read `v1900` (before) or start with a broken byte.
//! `GEM_CODES` may name several municipalities; GM0000 stands for unknown and is passed over.
//!
//! # Source
//! `https://www.warmteatlas.nl/geoserver/WarmteAtlas/wfs`, type `WarmteAtlas:IBISbedrijventerreinen`; provincial downloads. CC0 1.0.

use crate::reason::Reject;
use crate::shape::Wanted;
use crate::source::{Form, Line, Options, Outcome, Part, Record, Source, Target, column};
use crate::text;

const M2_PER_HA: f64 = 10_000.0;

pub const SOURCE: Source = Source {
    name: "ibis",
    licence: "CC0 1.0, provincies / Interprovinciaal Overleg (IBIS)",
    srid: 28992,
    parts: &[Part {
        name: "park",
        form: Form::Both,
        layers: &["ibisbedrijventerreinen", "bedrijventerreinen", "bedrijventerrein", "ibis"],
        columns: &[
            column("ibis_number", true, &["rinnummer", "rinnr", "ibisid"]),
            column("plan_name", false, &["plannaam", "aplannaam"]),
            column("park_name", false, &["bedrijvent", "naam"]),
            column("locality", false, &["kernnaam", "kern", "akernnaam"]),
            column("gross_ha", false, &["habruto"]),
            column("net_ha", false, &["hanetto"]),
            column("gross_m2", false, &["oppbruto"]),
            column("net_m2", false, &["oppnetto"]),
            column("year", false, &["jaar"]),
            column("start_year", false, &["startjaar"]),
            column("municipalities", false, &["gemcodes", "gemcodecbs"]),
        ],
        shape: Wanted::Polygon,
        geometry: &["thegeom", "geom", "geometry", "shape"],
        staged: "rin text, name text, locality text, gross_m2 double precision, net_m2 double precision, start_year integer, survey integer, municipalities text[]",
        read,
    }],
    targets: &[Target {
        table: "terrain",
        key: "source_id",
        columns: &["ibis_number", "name", "locality", "gross_m2", "net_m2", "start_year", "geom"],
        select: include_str!("ibis.sql"),
        provenance: true,
        needs: &["park"],
        placing: &[],
        in_rd: false,
    }],
    checks: &[],
    after: &["with wanted as (
            select distinct t.id, code from staging.ibis_park p
            join terrain t on t.source = 'ibis' and t.source_id = p.rin cross join unnest(p.municipalities) code),
        gone as (delete from terrain_municipality x where exists (select from wanted w where w.id = x.terrain_id)
            and not exists (select from wanted w where w.id = x.terrain_id and w.code = x.municipality_code))
        insert into terrain_municipality (terrain_id, municipality_code) select id, code from wanted on conflict do nothing"],
};

fn read(record: &Record<'_>, _: &Options, line: &mut Line) -> Result<Outcome, Reject> {
    let number = record.need("ibis_number")?;
    let number = number.strip_suffix(".0").unwrap_or(number);
    let newer = record.get("plan_name").is_some();
    let name = match record.words("plan_name", 200)? {
        Some(name) => name,
        None => record.need_words("park_name", 200)?,
    };
    let area = |ha: &'static str, m2: &'static str| -> Result<Option<f64>, Reject> {
        Ok(match record.amount(ha)? {
            Some(hectares) => Some(hectares * M2_PER_HA),
            None => record.amount(m2)?,
        })
    };
    let year = record.get("year").and_then(text::year);
    let started = record.get("start_year").and_then(text::year);
    let codes: Vec<String> = record
        .get("municipalities")
        .into_iter()
        .flat_map(|list| list.split([',', ';', ' ', '/']))
        .filter_map(text::municipality)
        .filter(|code| !text::is_pseudo_municipality(code))
        .collect();
    line.text(Some(number)).text(Some(&name)).text(record.words("locality", 200)?.as_deref());
    line.put(area("gross_ha", "gross_m2")?).put(area("net_ha", "net_m2")?);
    line.put(if newer { started } else { started.or(year) }).put(year.filter(|_| newer)).list(&codes);
    Ok(Outcome::Keep)
}
