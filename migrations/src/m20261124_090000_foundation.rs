//! The first tables: people and their roles, the terrain and what lies on it, issues; the feed under all of them, and the policies
//! that say who sees what.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for sql in [
            include_str!("../sql/foundation.sql"),
            include_str!("../sql/access.sql"),
            include_str!("../sql/terrain.sql"),
            include_str!("../sql/terrain_data.sql"),
            include_str!("../sql/issue.sql"),
            include_str!("../sql/policies.sql"),
            include_str!("../sql/sign_in.sql"),
        ] {
            manager.get_connection().execute_unprepared(sql).await?;
        }
        Ok(())
    }
}
