//! Companies from a list of one's own: CSV or a workbook, with `--map` where a column has a name of its own.
//!
//! Common headings are known (Handelsnaam, KvK-nummer, Vestigingsnummer, SBI, Straat, Huisnummer, Postcode, Plaats, Werknemers). A KvK
//! number that a spreadsheet made a number of gets its zeros back. A house number in one field is split in number, letter and addition
//! (`12-14 B`), a street with its number behind it as well. Coordinates are optional, in RD or in degrees; without them a company stands
//! where its address is.
//!
//! A row is known again by its establishment number, else by KvK number with postcode and house number, else by name with these.
//! Registration marks are honoured: `indNonMailing`, `indAfgeschermd`, and a sole trader is personal data (see the policies).
//!
//! # Source
//! The terrain's own administration, the register of employment of a province, an extract of the trade register under its terms.

use crate::crs;
use crate::reason::{Reason, Reject};
use crate::shape::Wanted;
use crate::source::{Form, Line, Options, Outcome, Part, Record, Source, Target, column, shorten};
use crate::text;

pub const SOURCE: Source = Source {
    name: "companies",
    licence: "own administration, not for publication",
    srid: 28992,
    parts: &[Part {
        name: "company",
        form: Form::Table,
        layers: &[],
        columns: &[
            column("name", true, &["handelsnaam", "bedrijfsnaam", "eerstehandelsnaam", "naambedrijf", "naam", "bedrijf", "name", "company"]),
            column("kvk_number", false, &["kvknummer", "kvk", "kvknr", "dossiernummer", "kvknumber"]),
            column("establishment_number", false, &["vestigingsnummer", "vestigingsnr", "vestnr", "vestiging", "establishmentnumber"]),
            column("sbi_code", false, &["sbicode", "sbi", "hoofdsbi", "sbihoofdactiviteit", "sbi1"]),
            column("sbi_version", false, &["sbiversie", "sbiversion"]),
            column("street", false, &["straat", "straatnaam", "openbareruimte", "adres", "vestigingsadres", "bezoekadres", "street", "address"]),
            column("house_number", false, &["huisnummer", "huisnr", "nummer", "housenumber"]),
            column("house_letter", false, &["huisletter", "houseletter"]),
            column("addition", false, &["toevoeging", "huisnummertoevoeging", "huisnrtoev", "addition"]),
            column("postcode", false, &["postcode", "pc6", "pc", "postalcode"]),
            column("city", false, &["plaats", "woonplaats", "plaatsnaam", "vestigingsplaats", "city"]),
            column("employees", false, &["werknemers", "medewerkers", "aantalmedewerkers", "werkzamepersonen", "totaalwerkzamepersonen", "banen", "fte", "employees"]),
            column("sole_trader", false, &["eenmanszaak", "soletrader"]),
            column("legal_form", false, &["rechtsvorm", "legalform"]),
            column("no_mailing", false, &["indnonmailing", "nonmailing", "nomailing"]),
            column("address_shielded", false, &["indafgeschermd", "afgeschermd", "addressshielded"]),
            column("x", false, &["x", "xcoordinaat", "rdx", "rijksdriehoekx", "xrd", "lon", "lng", "longitude", "gpslongitude"]),
            column("y", false, &["y", "ycoordinaat", "rdy", "rijksdriehoeky", "yrd", "lat", "latitude", "gpslatitude"]),
        ],
        shape: Wanted::None,
        geometry: &[],
        staged: "source_id text, name text, kvk_number text, establishment_number text, sbi_code text, sbi_version text, street text, house_number integer, house_letter text, addition text, postcode text, city text, employees integer, sole_trader boolean, no_mailing boolean, address_shielded boolean, x double precision, y double precision, srid integer",
        read,
    }],
    targets: &[Target {
        table: "company",
        key: "source_id",
        columns: &["name", "kvk_number", "establishment_number", "sbi_code", "sbi_version", "street", "house_number", "house_letter", "addition", "postcode", "city", "employees", "sole_trader", "no_mailing", "address_shielded", "terrain_id", "geom"],
        select: include_str!("companies.sql"),
        provenance: true,
        needs: &["company"],
        placing: &[],
        in_rd: false,
    }],
    checks: &[
        "select row_number, 'name', 'duplicate', name from (
            select row_number, name, row_number() over (partition by source_id order by row_number) as n from staging.companies_company) d where n > 1",
        "select s.row_number, 'establishment_number', 'known_elsewhere', s.establishment_number from staging.companies_company s
            join company c on c.establishment_number = s.establishment_number where c.source is distinct from 'companies' or c.source_id is distinct from s.source_id",
    ],
    after: &[],
};

/// A mark as sheets write it: Ja, J, 1, true, x.
fn mark(record: &Record<'_>, name: &'static str) -> bool {
    record.get(name).is_some_and(|v| matches!(v.to_lowercase().as_str(), "ja" | "j" | "1" | "true" | "waar" | "x" | "yes" | "y"))
}

fn place(record: &Record<'_>) -> Result<Option<(f64, f64, i32)>, Reject> {
    let (Some(x), Some(y)) = (record.get("x"), record.get("y")) else { return Ok(None) };
    let number =
        |field: &'static str, v: &str| text::number(v).ok_or_else(|| record.reject(field, Reason::BadNumber { value: shorten(v) }));
    let (x, y) = (number("x", x)?, number("y", y)?);
    if x == 0.0 && y == 0.0 {
        return Ok(None);
    }
    for code in [28992, 4326] {
        if crs::by_code(code).is_some_and(|crs| crs.holds(x, y)) {
            return Ok(Some((x, y, code)));
        }
    }
    Err(record.reject("x", Reason::OutsideNetherlands { x, y }))
}

fn read(record: &Record<'_>, _: &Options, line: &mut Line) -> Result<Outcome, Reject> {
    let name = record.need_words("name", 200)?;
    let kvk = record.key("kvk_number", 8)?;
    let establishment = record.key("establishment_number", 12)?;
    let postcode = match record.get("postcode") {
        None => None,
        Some(written) => {
            Some(text::postcode(written).ok_or_else(|| record.reject("postcode", Reason::BadForm { value: shorten(written) }))?)
        }
    };
    let mut street = record.words("street", 200)?;
    let mut house = match record.get("house_number") {
        None => None,
        Some(written) => {
            Some(text::house_number(written).ok_or_else(|| record.reject("house_number", Reason::BadNumber { value: shorten(written) }))?)
        }
    };
    if house.is_none()
        && let Some((bare, number)) = street.as_deref().and_then(text::street_and_number)
    {
        (street, house) = (Some(bare), Some(number));
    }
    let mut house = house.unwrap_or_default();
    if let Some(letter) = record.get("house_letter") {
        house.letter = Some(letter.to_uppercase());
    }
    if let Some(addition) = record.get("addition") {
        house.addition = Some(addition.to_owned());
    }
    let number = (house.number > 0).then_some(house.number);
    let spot = format!(
        "{}:{}{}{}",
        postcode.as_deref().unwrap_or_default(),
        house.number,
        house.letter.as_deref().unwrap_or_default(),
        house.addition.as_deref().unwrap_or_default()
    );
    let source_id = match (&establishment, &kvk) {
        (Some(number), _) => number.clone(),
        (None, Some(kvk)) => format!("kvk:{kvk}:{spot}"),
        (None, None) => format!("name:{}:{spot}", name.to_lowercase()),
    };
    let employees = match record.get("employees") {
        None => None,
        Some(_) => record.amount("employees")?.map(|n| n.round() as i32),
    };
    let version = match record.get("sbi_version") {
        Some(v) if v.contains("2025") => Some("2025"),
        Some(v) if v.contains("2008") => Some("2008"),
        _ => None,
    };
    let sole = mark(record, "sole_trader") || record.get("legal_form").is_some_and(|f| f.to_lowercase().contains("eenmanszaak"));
    let place = place(record)?;
    line.text(Some(&source_id)).text(Some(&name)).text(kvk.as_deref()).text(establishment.as_deref());
    line.text(record.words("sbi_code", 20)?.as_deref()).text(version).text(street.as_deref()).put(number);
    line.text(house.letter.as_deref())
        .text(house.addition.as_deref())
        .text(postcode.as_deref())
        .text(record.words("city", 200)?.as_deref());
    line.put(employees).put(Some(sole)).put(Some(mark(record, "no_mailing"))).put(Some(mark(record, "address_shielded")));
    line.put(place.map(|p| p.0)).put(place.map(|p| p.1)).put(place.map(|p| p.2));
    Ok(Outcome::Keep)
}
