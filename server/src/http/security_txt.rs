//! Where to report a hole in the security (RFC 9116).

use axum::http::header;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Days, SecondsFormat, Utc};

/// How long the file may be relied on; it is made anew at each request, so it never runs out while the server runs.
const DAYS: u64 = 90;

/// The file, for these contacts.
#[must_use]
pub fn file(contacts: &[String], public_url: &str, now: DateTime<Utc>) -> Response {
    let mut text = String::new();
    for contact in contacts {
        text.push_str(&format!("Contact: {contact}\n"));
    }
    // A whole day, so that the file is the same for a day.
    let day = now.date_naive().and_time(chrono::NaiveTime::MIN).and_utc();
    let expires = day.checked_add_days(Days::new(DAYS)).unwrap_or(day).to_rfc3339_opts(SecondsFormat::Secs, true);
    text.push_str(&format!("Expires: {expires}\nPreferred-Languages: nl, en\nCanonical: {public_url}/.well-known/security.txt\n"));
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8"), (header::CACHE_CONTROL, "public, max-age=86400")], text).into_response()
}

/// A contact as a setting has it: a mail address, or an address that starts with mailto:, https: or tel:.
///
/// # Errors
/// What is wrong with it.
pub fn contact(text: &str) -> Result<String, String> {
    let text = text.trim();
    let full = if text.contains('@') && !text.contains(':') { format!("mailto:{text}") } else { text.to_owned() };
    let known = url::Url::parse(&full).is_ok_and(|url| match url.scheme() {
        "https" => url.has_host(),
        "mailto" => url.path().contains('@'),
        "tel" => !url.path().is_empty(),
        _ => false,
    });
    if known && full.chars().all(|c| c.is_ascii_graphic()) {
        Ok(full)
    } else {
        Err("give a mail address, or an address that starts with mailto:, https: or tel:".to_owned())
    }
}
