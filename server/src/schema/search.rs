//! Search on a terrain: companies, plots, addresses, issues, with words that begin like those typed.

use async_graphql::{Context, Object, Union};
use sea_orm::FromQueryResult;
use terrein_shared::Reason;
use terrein_shared::id::{AddressId, CompanyId, IssueId, PlotId, TerrainId};
use terrein_shared::text::prefix_query;
use uuid::Uuid;

use crate::building::Address;
use crate::company::Company;
use crate::error::{Result, invalid};
use crate::issue::Issue;
use crate::listing::{PageLimit, page};
use crate::loader::{caller, load};
use crate::plot::Plot;

/// Something that was found.
#[derive(Union)]
pub enum SearchHit {
    Company(Company),
    Plot(Plot),
    Address(Address),
    Issue(Issue),
}

#[derive(FromQueryResult)]
struct Hit {
    kind: String,
    id: Uuid,
}

#[derive(Default)]
pub struct SearchQuery;

#[Object]
impl SearchQuery {
    /// Companies, plots, addresses and issues on a terrain with words that begin like those typed; at most 50.
    async fn search(&self, context: &Context<'_>, terrain_id: TerrainId, text: String, first: i32) -> Result<Vec<SearchHit>> {
        let page = page(PageLimit(50), first, None)?;
        if text.chars().count() > 100 {
            return Err(invalid("text", Reason::TooLong { max: 100 }));
        }
        let query = prefix_query(&text);
        if query.is_empty() {
            return Ok(Vec::new());
        }
        let hits: Vec<Hit> =
            caller(context)?.all(include_str!("search.sql"), [terrain_id.into(), query.into(), i64::from(page.first).into()]).await?;
        let mut found = Vec::with_capacity(hits.len());
        let loading = hits.into_iter().map(|hit| async move {
            Ok::<_, crate::error::Error>(match hit.kind.as_str() {
                "company" => load(context, CompanyId(hit.id)).await?.map(SearchHit::Company),
                "plot" => load(context, PlotId(hit.id)).await?.map(SearchHit::Plot),
                "address" => load(context, AddressId(hit.id)).await?.map(SearchHit::Address),
                _ => load(context, IssueId(hit.id)).await?.map(SearchHit::Issue),
            })
        });
        // Together, so that each kind is read in one statement.
        for hit in futures_util::future::try_join_all(loading).await? {
            found.extend(hit);
        }
        Ok(found)
    }
}
