//! Outgoing mail: SMTP where it is set; in development a folder and the log.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context;
use lettre::message::Mailbox;
use lettre::message::header::ContentType;
use lettre::transport::smtp::AsyncSmtpTransport;
use lettre::{AsyncFileTransport, AsyncTransport, Message, Tokio1Executor};

/// Sends mail; cheap to clone.
#[derive(Clone, Debug)]
pub struct Mailer(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    road: Road,
    from: String,
    public_url: String,
}

#[derive(Debug)]
enum Road {
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
    Folder(PathBuf, AsyncFileTransport<Tokio1Executor>),
    /// Nothing is set: a sign-in by mail is not possible, `terrein sign-in-link` is.
    Nowhere,
}

impl Mailer {
    /// `smtp`: an address such as `smtps://user:secret@host:465`. `folder`: where mails land when there is no SMTP.
    ///
    /// # Errors
    /// When an address is none, or the folder cannot be made.
    pub fn new(smtp: Option<&str>, folder: Option<PathBuf>, from: &str, public_url: &str) -> anyhow::Result<Self> {
        from.parse::<Mailbox>()
            .with_context(|| format!("TERREIN_MAIL_FROM is not a sender such as Terrein <terrein@example.nl>: {from}"))?;
        let road = match (smtp, folder) {
            (Some(address), _) => Road::Smtp(
                AsyncSmtpTransport::<Tokio1Executor>::from_url(address)
                    .context("TERREIN_SMTP_URL is not the address of a mail server")?
                    .build(),
            ),
            (None, Some(folder)) => {
                std::fs::create_dir_all(&folder).with_context(|| format!("the mail folder {}", folder.display()))?;
                Road::Folder(folder.clone(), AsyncFileTransport::new(folder))
            }
            (None, None) => Road::Nowhere,
        };
        Ok(Self(Arc::new(Inner { road, from: from.to_owned(), public_url: public_url.to_owned() })))
    }

    #[must_use]
    pub fn public_url(&self) -> &str {
        &self.0.public_url
    }

    /// Sends one mail of plain text.
    ///
    /// # Errors
    /// When an address is none, or the road does not take it: the job tries again.
    pub async fn send(&self, to: &str, subject: &str, body: String) -> anyhow::Result<()> {
        let domain = self.0.from.rsplit('@').next().unwrap_or("localhost").trim_end_matches('>');
        let message = Message::builder()
            .from(self.0.from.parse().context("TERREIN_MAIL_FROM")?)
            .to(to.parse()?)
            .subject(subject)
            .message_id(Some(format!("<{}@{domain}>", terrein_shared::id::new_id())))
            .header(ContentType::TEXT_PLAIN)
            .body(body.clone())?;
        match &self.0.road {
            Road::Smtp(smtp) => {
                smtp.send(message).await?;
            }
            Road::Folder(folder, transport) => {
                let id = transport.send(message).await?;
                tracing::info!(mail.file = %folder.join(format!("{id}.eml")).display(), "mail for {to}: {subject}\n{body}");
            }
            Road::Nowhere => anyhow::bail!("no mail server is set (TERREIN_SMTP_URL)"),
        }
        Ok(())
    }
}
