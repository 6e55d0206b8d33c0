#[derive(Debug, clap::Args)]
pub struct ImportArgs {}
pub async fn run(_: ImportArgs, _: sqlx::postgres::PgConnectOptions) -> anyhow::Result<std::process::ExitCode> {
    anyhow::bail!("not yet")
}
