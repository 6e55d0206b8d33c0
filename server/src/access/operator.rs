//! What an operator does at the command line, as System(operator): people, organisations and roles; sign-in links.

use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, PgConnection};

use super::sign_in::{secret, token_hash};

/// A link for somebody with an account, 15 minutes, once, in any browser; it signs in strongly, for the operator knows to whom it is given.
/// `None` when nobody has this address.
///
/// # Errors
/// When the database does not answer.
pub async fn sign_in_link(worker: &PgConnectOptions, email: &str) -> anyhow::Result<Option<String>> {
    let mut connection = PgConnection::connect_with(worker).await?;
    let mut transaction = connection.begin().await?;
    sqlx::query("select set_config('app.system', 'operator', true)").execute(&mut *transaction).await?;
    let token = secret();
    let laid = sqlx::query(
        "insert into sign_in_link (id, email, person_id, token_hash, operator, created_at, expires_at)
         select $1, p.email, p.id, $2, true, app.now(), app.now() + interval '15 minutes' from person p where p.email = lower($3)",
    )
    .bind(terrein_shared::id::new_id())
    .bind(token_hash(&token))
    .bind(email)
    .execute(&mut *transaction)
    .await?
    .rows_affected();
    transaction.commit().await?;
    Ok((laid == 1).then_some(token))
}
