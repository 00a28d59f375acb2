//! The published figures as a table, for spreadsheets and statistics.

use super::told::{Figure, Observatory, Quality};

/// The names of its columns.
const NAMES: [&str; 17] = [
    "indicator",
    "statistic",
    "wave",
    "by",
    "member",
    "level",
    "suppressed",
    "value",
    "se",
    "low",
    "high",
    "n",
    "n_effective",
    "df",
    "cv",
    "quality",
    "rule",
];

impl Observatory {
    /// All figures as CSV, a row for each; of one that is left out all cells after `suppressed` are empty.
    #[must_use]
    pub fn to_csv(&self) -> String {
        let mut writer = csv::Writer::from_writer(Vec::new());
        let mut written = writer.write_record(NAMES);
        for indicator in &self.indicators {
            let statistic = serde_json::to_value(indicator.statistic).ok();
            let statistic = statistic.as_ref().and_then(serde_json::Value::as_str).unwrap_or_default();
            for figure in &indicator.figures {
                written =
                    written.and_then(|()| writer.write_record(record(&indicator.id, statistic, figure)));
            }
        }
        // Memory takes all that is written.
        let bytes = written.ok().and_then(|()| writer.into_inner().ok()).unwrap_or_default();
        String::from_utf8(bytes).unwrap_or_default()
    }
}

fn record(id: &str, statistic: &str, figure: &Figure) -> [String; 17] {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let number = |number: Option<f64>| number.map(|number| number.to_string()).unwrap_or_default();
    let quality = figure.quality.map(|quality| match quality {
        Quality::Good => "good",
        Quality::Care => "care",
        Quality::Imprecise => "imprecise",
    });
    [
        id.to_owned(),
        statistic.to_owned(),
        figure.wave.clone(),
        text(&figure.by),
        text(&figure.member),
        text(&figure.level),
        figure.suppressed.to_string(),
        number(figure.value),
        number(figure.se),
        number(figure.interval.map(|[low, _]| low)),
        number(figure.interval.map(|[_, high]| high)),
        figure.n.map(|n| n.to_string()).unwrap_or_default(),
        number(figure.n_effective),
        number(figure.df),
        number(figure.cv),
        quality.unwrap_or_default().to_owned(),
        figure.rule.unwrap_or_default().to_owned(),
    ]
}
