//! The people of the demo, one for every role, and the organisations they belong to. Nobody has a person's name: they are their role.

/// An organisation by its stable key.
pub struct Organisation {
    pub key: &'static str,
    pub kind: &'static str,
    pub name: &'static str,
    pub municipality: Option<&'static str>,
}

/// Where somebody's role holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum On {
    HoogeWaard,
    KleinEiland,
    /// Not bound to a terrain: a municipality by its territory, the others by what is addressed to them.
    Everywhere,
}

pub struct Person {
    pub email: &'static str,
    pub name: &'static str,
    pub role: &'static str,
    pub organisation: &'static str,
    pub on: On,
}

/// The fictional municipality of both terrains.
pub const MUNICIPALITY_CODE: &str = "GM9901";
pub const MUNICIPALITY_NAME: &str = "Hoogewaard";

pub const ORGANISATIONS: [Organisation; 13] = [
    organisation("programme", "programme", "Programma Vitale Terreinen"),
    organisation("waardkoel", "company", "Waardkoel Transport"),
    organisation("kadebeton", "company", "Kadebeton"),
    organisation("polderstaal", "company", "Polderstaal"),
    organisation("havenkant", "owner", "Havenkant Vastgoed"),
    Organisation { municipality: Some(MUNICIPALITY_CODE), ..organisation("municipality", "municipality", "Gemeente Hoogewaard") },
    organisation("grid", "grid_operator", super::works::GRID_OPERATOR),
    organisation("park", "park_management", "Parkmanagement De Hooge Waard"),
    organisation("project", "partner", "Projectbureau Waardwerk"),
    organisation("province", "province", "Provincie Waardland"),
    organisation("water", "partner", "Waterschap Waardstreek"),
    organisation("operator", "operator", "Beheer Terrein"),
    organisation("eiland", "company", "Eilandwerf"),
];

const fn organisation(key: &'static str, kind: &'static str, name: &'static str) -> Organisation {
    Organisation { key, kind, name, municipality: None }
}

const fn person(email: &'static str, name: &'static str, role: &'static str, organisation: &'static str, on: On) -> Person {
    Person { email, name, role, organisation, on }
}

pub const PERSONS: [Person; 13] = [
    person("aanjager@demo.example", "Aanjager", "aanjager", "programme", On::HoogeWaard),
    person("ondernemer@demo.example", "Ondernemer Waardkoel", "entrepreneur", "waardkoel", On::HoogeWaard),
    person("kadebeton@demo.example", "Ondernemer Kadebeton", "entrepreneur", "kadebeton", On::HoogeWaard),
    person("polderstaal@demo.example", "Ondernemer Polderstaal", "entrepreneur", "polderstaal", On::HoogeWaard),
    person("eigenaar@demo.example", "Eigenaar Havenweg 12 tot 18", "owner", "havenkant", On::HoogeWaard),
    person("gemeente@demo.example", "Gemeente, wegbeheer", "municipality", "municipality", On::Everywhere),
    person("netbeheerder@demo.example", "Netbeheerder", "grid_operator", "grid", On::Everywhere),
    person("parkmanager@demo.example", "Parkmanager", "park_manager", "park", On::HoogeWaard),
    person("projectleider@demo.example", "Projectleider", "project_lead", "project", On::HoogeWaard),
    person("provincie@demo.example", "Provincie", "province", "province", On::Everywhere),
    person("partner@demo.example", "Waterschap", "partner", "water", On::Everywhere),
    person("beheerder@demo.example", "Beheerder", "admin", "operator", On::Everywhere),
    person("buur@demo.example", "Ondernemer Klein Eiland", "entrepreneur", "eiland", On::KleinEiland),
];

/// Who can sign in on the demo, with their role: for the hint at the start.
pub const PEOPLE: &[(&str, &str)] = &{
    let mut all = [("", ""); PERSONS.len()];
    let mut i = 0;
    while i < PERSONS.len() {
        all[i] = (PERSONS[i].email, PERSONS[i].role);
        i += 1;
    }
    all
};

/// The person with this first part of the address, e.g. `gemeente`.
pub fn person_named(first: &str) -> &'static Person {
    PERSONS
        .iter()
        .find(|p| p.email.split('@').next() == Some(first))
        .unwrap_or_else(|| unreachable!("nobody of the demo is called {first}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_somebody_for_every_role_at_a_reserved_address() {
        let roles = [
            "aanjager",
            "entrepreneur",
            "owner",
            "municipality",
            "grid_operator",
            "park_manager",
            "project_lead",
            "province",
            "partner",
            "admin",
        ];
        for role in roles {
            assert!(PEOPLE.iter().any(|p| p.1 == role), "{role}");
        }
        assert!(PEOPLE.iter().all(|p| p.0.ends_with("@demo.example")));
    }

    #[test]
    fn everybody_belongs_to_an_organisation() {
        for person in &PERSONS {
            assert!(ORGANISATIONS.iter().any(|o| o.key == person.organisation), "{}", person.email);
        }
    }
}
