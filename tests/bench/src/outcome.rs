//! What a workload showed: measures, some with a bound that must hold.

use serde_json::{Value, json};

/// What a measure must be.
#[derive(Debug, Clone, Copy)]
pub enum Must {
    AtLeast(f64),
    AtMost(f64),
    Below(f64),
}

impl Must {
    fn holds(self, value: f64) -> bool {
        match self {
            Self::AtLeast(bound) => value >= bound,
            Self::AtMost(bound) => value <= bound,
            Self::Below(bound) => value < bound,
        }
    }

    fn text(self) -> String {
        match self {
            Self::AtLeast(bound) => format!(">= {bound}"),
            Self::AtMost(bound) => format!("<= {bound}"),
            Self::Below(bound) => format!("< {bound}"),
        }
    }
}

/// One number with its unit.
#[derive(Debug, Clone)]
pub struct Measure {
    pub name: &'static str,
    pub value: f64,
    pub unit: &'static str,
    pub must: Option<Must>,
}

/// All numbers of a workload.
#[derive(Debug, Clone)]
pub struct Outcome {
    pub name: &'static str,
    pub measures: Vec<Measure>,
}

impl Outcome {
    #[must_use]
    pub fn new(name: &'static str) -> Self {
        Self { name, measures: Vec::new() }
    }

    /// A number to know.
    pub fn tell(&mut self, name: &'static str, value: f64, unit: &'static str) -> &mut Self {
        self.measures.push(Measure { name, value, unit, must: None });
        self
    }

    /// A number with a bound.
    pub fn hold(&mut self, name: &'static str, value: f64, unit: &'static str, must: Must) -> &mut Self {
        self.measures.push(Measure { name, value, unit, must: Some(must) });
        self
    }

    /// Measures outside their bound.
    pub fn missed(&self) -> impl Iterator<Item = &Measure> {
        self.measures.iter().filter(|measure| measure.must.is_some_and(|must| !must.holds(measure.value)))
    }

    #[must_use]
    pub fn json(&self) -> Value {
        let measures = self.measures.iter().map(|Measure { name, value, unit, must }| {
            let holds = must.map(|must| must.holds(*value));
            ((*name).to_owned(), json!({ "value": value, "unit": unit, "must": must.map(Must::text), "holds": holds }))
        });
        Value::Object(measures.collect())
    }
}

/// For a person, and for `docs/performance.md`.
#[must_use]
pub fn table(outcomes: &[Outcome]) -> String {
    let mut text = String::from("| workload | measure | value | must | |\n|---|---|---:|---|---|\n");
    for outcome in outcomes {
        for Measure { name, value, unit, must } in &outcome.measures {
            let verdict = must.map_or("", |must| if must.holds(*value) { "holds" } else { "MISSED" });
            let must = must.map(Must::text).unwrap_or_default();
            text.push_str(&format!("| {} | {name} | {} {unit} | {must} | {verdict} |\n", outcome.name, number(*value)));
        }
    }
    text
}

fn number(value: f64) -> String {
    if value.fract() == 0.0 || value.abs() >= 100.0 { format!("{value:.0}") } else { format!("{value:.2}") }
}

/// The middle of some numbers; of an even count, the upper one.
#[must_use]
pub fn median(mut values: Vec<f64>) -> f64 {
    percentile(&mut values, 0.5)
}

/// The value below which this share of the numbers lies; 0 for none.
#[must_use]
pub fn percentile(values: &mut [f64], share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let place = (values.len() as f64 * share) as usize;
    values.get(place.min(values.len().saturating_sub(1))).copied().unwrap_or_default()
}
