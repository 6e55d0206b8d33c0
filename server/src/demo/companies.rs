//! The 96 companies of the park: all invented. Their register numbers begin with 00, which is never given out.

use Tenure::{Havenkant, Own, Waardstee};

/// Whose ground a company stands on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tenure {
    Own,
    /// Rented from Havenkant Vastgoed.
    Havenkant,
    /// Rented from Waardstee Vastgoed.
    Waardstee,
}

pub struct Company {
    pub address: &'static str,
    /// Its unit in a row of units, `A` to `F`.
    pub unit: Option<char>,
    pub name: &'static str,
    /// SBI 2008.
    pub sbi: &'static str,
    pub employees: i32,
    pub tenure: Tenure,
    pub sole_trader: bool,
    /// A second plot it uses.
    pub also: Option<&'static str>,
}

impl Company {
    const fn also(mut self, address: &'static str) -> Self {
        self.also = Some(address);
        self
    }
    const fn sole(mut self) -> Self {
        self.sole_trader = true;
        self
    }
}

const fn at(address: &'static str, name: &'static str, sbi: &'static str, employees: i32, tenure: Tenure) -> Company {
    Company { address, unit: None, name, sbi, employees, tenure, sole_trader: false, also: None }
}

const fn unit(address: &'static str, letter: char, name: &'static str, sbi: &'static str, employees: i32) -> Company {
    Company { unit: Some(letter), ..at(address, name, sbi, employees, Waardstee) }
}

/// The two that let: where their tenants' ground is owned.
pub const HAVENKANT: &str = "Havenkant Vastgoed";
pub const WAARDSTEE: &str = "Waardstee Vastgoed";

pub const COMPANIES: [Company; 96] = [
    // Havenweg, canal side.
    at("Havenweg 2", "Hoogkade Distributie", "52109", 118, Own),
    at("Havenweg 4", "Waterlijn Scheepstechniek", "3315", 27, Own),
    at("Havenweg 6", "Kanaalzicht Zeilmakerij", "1392", 14, Own),
    at("Havenweg 8", "Dijkland Verpakkingen", "2222", 73, Own),
    at("Havenweg 10", "Waardhout Import", "46731", 22, Own),
    at("Havenweg 12", "Insteek Scheepsservice", "3315", 9, Havenkant),
    at("Havenweg 14", "Waardkoel Transport", "4941", 64, Own),
    at("Havenweg 16", "Kadebeton", "2361", 42, Havenkant),
    at("Havenweg 18", "Overslag Hoogewaard", "52242", 31, Havenkant),
    at("Havenweg 20", HAVENKANT, "68203", 6, Waardstee),
    at("Havenweg 22", "Waardcirkel Grondstoffen", "3832", 38, Own).also("Havenweg 24"),
    at("Havenweg 26", "Zandkade Bouwstoffen", "46735", 19, Own),
    // Havenweg, south side.
    at("Havenweg 1", "Poortzicht Uitzendwerk", "78201", 12, Waardstee),
    at("Havenweg 3", "Havenrand Lastechniek", "2562", 16, Own),
    at("Havenweg 5", "Kadestoel Projectinrichting", "3101", 24, Own),
    at("Havenweg 7", "Tweestroom Installaties", "4321", 33, Own),
    at("Havenweg 9", "Achterkade Coatings", "2561", 18, Own),
    at("Havenweg 11", "Polderstaal", "2511", 57, Own),
    at("Havenweg 13", "Waardfris Koelhuizen", "52102", 49, Own),
    at("Havenweg 15", "Lage Kade Groothandel", "4690", 36, Waardstee),
    at("Havenweg 17", "Rietgors Keukens", "3102", 21, Own),
    at("Havenweg 19", "Bakenlicht Techniek", "2712", 29, Own),
    at("Havenweg 21", "Wervelwind Ventilatie", "2825", 26, Own),
    at("Havenweg 23", "Dijkteen Adviesbureau", "7112", 11, Own),
    // Ambachtsweg.
    at("Ambachtsweg 3", "Eerste Spaan Timmerwerken", "1623", 13, Own),
    at("Ambachtsweg 5", "Westpoort Banden", "45205", 8, Own),
    at("Ambachtsweg 7", "Molshoop Grondwerken", "4312", 17, Own),
    at("Ambachtsweg 9", "Groene Lat Hoveniers", "8130", 15, Own),
    at("Ambachtsweg 11", "Waardmeel Bakkerij", "1071", 46, Own),
    at("Ambachtsweg 13", "Kromme Spijker Bouw", "4120", 23, Own),
    at("Ambachtsweg 15", "Witte Kwast Schilders", "43341", 12, Waardstee),
    at("Ambachtsweg 17", "Halteplaats Fietstechniek", "3317", 7, Waardstee),
    // Waardweg, north side.
    at("Waardweg 1", "Ingang West Autoschade", "45204", 14, Own),
    at("Waardweg 3", WAARDSTEE, "68203", 5, Own),
    at("Waardweg 5", "Zonzij Daken", "4391", 28, Own),
    unit("Waardweg 7", 'A', "Klein Werk Metaal", "2599", 2).sole(),
    unit("Waardweg 7", 'B', "Hobbelpaard Houtbewerking", "1629", 1).sole(),
    unit("Waardweg 7", 'C', "Draadloos Hoogewaard", "6209", 4),
    unit("Waardweg 7", 'D', "Blauwdruk Reclame", "7311", 3),
    unit("Waardweg 7", 'E', "Stofvrij Reiniging", "8121", 6),
    unit("Waardweg 7", 'F', "Rondom Fietskoerier", "53202", 1).sole(),
    at("Waardweg 9", "Lange Lijn Telecom", "4222", 20, Own),
    at("Waardweg 11", "Groot Gereedschap Verhuur", "7732", 16, Own),
    at("Waardweg 13", "Waardpers Drukwerk", "18129", 34, Waardstee),
    at("Waardweg 15", "Vierkant Prefab", "1623", 39, Own),
    at("Waardweg 17", "Oostwaard Logistiek", "4941", 55, Own).also("Waardweg 21"),
    at("Waardweg 19", "Meetbaar Keuringen", "7120", 9, Own),
    // Waardweg, south side.
    at("Waardweg 2", "Westrand Kunststoffen", "2229", 31, Own),
    at("Waardweg 4", "Trekvast Bevestiging", "2594", 25, Own),
    at("Waardweg 6", "Goede Buren Kinderopvang", "88911", 18, Waardstee),
    at("Waardweg 8", "Sterke Kist Emballage", "1624", 22, Own),
    at("Waardweg 18", "Lichtboog Constructies", "2511", 44, Own).also("Waardweg 20"),
    at("Waardweg 22", "Groot Dak Warehousing", "52109", 87, Waardstee),
    at("Waardweg 24", "Waardglas Gevels", "2512", 61, Own),
    at("Waardweg 26", "Rolsteen Natuursteen", "2370", 15, Own),
    at("Waardweg 28", "Dijkzon Retail Logistiek", "52109", 132, Own),
    // Nijverheidsweg.
    at("Nijverheidsweg 2", "Hoekhuis Kantoorinrichting", "4665", 13, Own),
    at("Nijverheidsweg 4", "Nijver Machinebouw", "2829", 37, Own),
    at("Nijverheidsweg 6", "Stille Motor Elektrotechniek", "4321", 19, Waardstee),
    at("Nijverheidsweg 8", "Rechte Hoek Plaatwerk", "2550", 30, Waardstee),
    at("Nijverheidsweg 10", "Zilvervis Catering", "5629", 24, Own),
    at("Nijverheidsweg 12", "Voorwaarts Verhuizers", "4942", 17, Own),
    at("Nijverheidsweg 3", "Hydrokade Techniek", "2812", 21, Own),
    at("Nijverheidsweg 5", "Laadkuil Expeditie", "5229", 28, Own),
    at("Nijverheidsweg 7", "Taaie Draad Verspaning", "2562", 16, Own),
    at("Nijverheidsweg 9", "Tussenweg Apparatenbouw", "2899", 18, Own),
    at("Nijverheidsweg 11", "Wittewas Textielservice", "96011", 40, Own),
    at("Nijverheidsweg 13", "Eerlijk Oud IJzer", "4677", 10, Waardstee),
    at("Nijverheidsweg 14", "Laagspanning Hoogewaard", "2712", 14, Own).also("Nijverheidsweg 16"),
    at("Nijverheidsweg 18", "Spoorzicht Caravanstalling", "52109", 3, Own),
    at("Nijverheidsweg 15", "Middenwaard Autobedrijf", "45112", 22, Own),
    at("Nijverheidsweg 17", "Koelwater Techniek", "43222", 27, Own),
    at("Nijverheidsweg 19", "Rustig Rijden Rijschool", "8553", 5, Waardstee),
    // Turbinestraat.
    at("Turbinestraat 1", "Waardwind Onderhoud", "3312", 32, Own),
    at("Turbinestraat 3", "Schoepenrad Pompen", "2813", 29, Own),
    at("Turbinestraat 5", "Stroomkring Panelenbouw", "2712", 25, Own),
    at("Turbinestraat 7", "Derde Wiel Aanhangwagens", "2920", 20, Own),
    at("Turbinestraat 9", "Volle Kracht Accu's", "2720", 34, Own),
    at("Turbinestraat 11", "Droge Voeten Riooltechniek", "4221", 26, Own),
    at("Turbinestraat 13", "Oude Turbine Brouwerij", "1105", 8, Own),
    at("Turbinestraat 15", "Vlakke Vloer Afbouw", "4333", 19, Waardstee),
    // Energieweg.
    at("Energieweg 1", "Klare Lijn Belettering", "7410", 7, Own),
    at("Energieweg 5", "Waardvoer Mengvoeders", "1091", 33, Own).also("Energieweg 3"),
    unit("Energieweg 7", 'A', "Kleine Kraan Montage", "3320", 2).sole(),
    unit("Energieweg 7", 'B', "Zeepbel Autowas", "45205", 3),
    unit("Energieweg 7", 'C', "Pasvorm Stoffeerderij", "3109", 1).sole(),
    unit("Energieweg 7", 'E', "Bouwlust Maquettes", "7410", 1).sole(),
    at("Energieweg 13", "Lijn Negen Automatisering", "6201", 41, Own),
    at("Energieweg 2", "Spoorslag Wegenbouw", "4211", 35, Own),
    at("Energieweg 6", "Waardlucht Luchtbehandeling", "2825", 58, Own).also("Energieweg 8"),
    at("Energieweg 14", "Hoogewaard Gieterij", "2451", 76, Own).also("Energieweg 12"),
    at("Energieweg 16", "Scherpe Snede Houtzagerij", "16101", 24, Own).also("Spoorlaan 12"),
    at("Energieweg 18", "Kringloopkade Circulair Bouwen", "3832", 17, Own),
    at("Energieweg 20", "Warmwaard Isolatie", "2229", 69, Own).also("Spoorlaan 14"),
    // Spoorlaan.
    at("Spoorlaan 4", "Wissel Zuid Spoortechniek", "4212", 43, Own).also("Spoorlaan 2"),
    at("Spoorlaan 10", "Perron Drie Evenementen", "8230", 11, Waardstee),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::{plan::Form, plots::plots};
    use std::collections::BTreeSet;

    #[test]
    fn every_company_has_a_name_and_a_door_of_its_own() {
        let names: BTreeSet<_> = COMPANIES.iter().map(|c| c.name).collect();
        let doors: BTreeSet<_> = COMPANIES.iter().flat_map(|c| [Some((c.address, c.unit)), c.also.map(|a| (a, None))]).flatten().collect();
        let also = COMPANIES.iter().filter(|c| c.also.is_some()).count();
        assert_eq!((names.len(), doors.len()), (96, 96 + also));
    }

    #[test]
    fn every_address_is_in_the_plan_and_units_are_where_rows_of_units_stand() {
        let plots = plots();
        for company in &COMPANIES {
            let plot = plots.iter().find(|p| p.label() == company.address).expect(company.address);
            assert_eq!(plot.form == Form::Units, company.unit.is_some(), "{}", company.address);
            assert!(!matches!(plot.form, Form::Empty | Form::Site), "{}", company.address);
            if let Some(also) = company.also {
                assert!(plots.iter().any(|p| p.label() == also), "{also}");
            }
        }
    }
}
