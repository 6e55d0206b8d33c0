//! Loaders: what many rows of an answer refer to is read once, in one statement a kind. They live for one request: a loader that
//! outlives its request would leak rows past the access rules.

use std::collections::HashMap;
use std::future::poll_fn;
use std::hash::Hash;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{self, Poll, Waker};
use std::time::Duration;

use async_graphql::Context;
use async_graphql::dataloader::{DataLoader, HashMapCache};
use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use sea_orm::FromQueryResult;
use terrein_shared::page::{Key, Page, Rows};
use tokio::sync::mpsc;
use uuid::Uuid;

use crate::access::Caller;
use crate::error::{Error, Result};
use crate::listing::{Order, uuids};

/// Reads as the request's caller.
pub struct Reader(pub Arc<Caller>);

/// The request's loaders.
pub type Loaders = DataLoader<Reader, HashMapCache>;

/// Loaders for one request, and who runs what they read.
#[must_use]
pub fn loaders(caller: Arc<Caller>) -> (Loaders, Readings) {
    let (sender, readings) = mpsc::unbounded_channel();
    // A request that is gone reads no more.
    let spawn = move |reading| drop(sender.send(reading));
    (DataLoader::with_cache(Reader(caller), spawn, HashMapCache::default()).delay(Duration::ZERO), Readings(readings))
}

/// What the loaders want to read. It runs in the request's own task, and only when nothing else in the request can go on: by then every row
/// has asked for what it needs, so that each kind is read once, however busy the machine is. On tasks of their own, readings would begin
/// while rows are still being asked.
pub struct Readings(mpsc::UnboundedReceiver<BoxFuture<'static, ()>>);

impl Readings {
    /// Does the request's work to its end, with its readings.
    pub async fn during<T>(mut self, work: impl Future<Output = T>) -> T {
        let mut work = pin!(work);
        let mut running = FuturesUnordered::new();
        poll_fn(move |context| {
            let woken = Arc::new(Woken { again: AtomicBool::new(false), task: context.waker().clone() });
            let waker = Waker::from(woken.clone());
            loop {
                // A long list lets others go first now and then and asks to be looked at again: not all of its rows have asked yet.
                for _ in 0..MOST_TURNS {
                    woken.again.store(false, Ordering::Relaxed);
                    if let Poll::Ready(done) = work.as_mut().poll(&mut task::Context::from_waker(&waker)) {
                        return Poll::Ready(done);
                    }
                    if !woken.again.load(Ordering::Relaxed) {
                        break;
                    }
                }
                while let Poll::Ready(Some(reading)) = self.0.poll_recv(context) {
                    running.push(reading);
                }
                if !matches!(running.poll_next_unpin(context), Poll::Ready(Some(()))) {
                    return Poll::Pending;
                }
            }
        })
        .await
    }
}

/// Turns a request takes before its readings begin: a page of 1,000 rows takes about thirty.
const MOST_TURNS: usize = 64;

/// Tells whether the work asked to go on while it was being looked at.
struct Woken {
    again: AtomicBool,
    task: Waker,
}

impl task::Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.again.store(true, Ordering::Relaxed);
        self.task.wake_by_ref();
    }
}

/// Loaders hand their error to every waiting row.
pub type Shared = Arc<Error>;

/// Rows of `table` by id that hold to `live` (no tombstones), as the caller.
///
/// # Errors
/// As the database answers.
pub async fn by_id<K, T>(reader: &Reader, table: &str, live: &str, columns: &str, keys: &[K]) -> std::result::Result<HashMap<K, T>, Shared>
where
    K: Copy + Eq + Hash + From<Uuid> + Identified,
    T: FromQueryResult,
{
    let sql = format!("select {columns} from {table} where id = any (($1::text)::uuid[]) and {live}");
    let rows: Vec<WithId<T>> = reader.0.all(&sql, [uuids(keys.iter().map(|key| key.uuid()))]).await.map_err(Arc::new)?;
    Ok(rows.into_iter().map(|row| (K::from(row.id), row.row)).collect())
}

/// First rows of what hangs on many things, by thing and by how many: `(issue, 50)`.
pub type Firsts<T> = HashMap<(Uuid, u32), Vec<(Key, T)>>;

/// Reads the first rows of each of `keys` in one statement, one more than asked to know whether there is a next. Keys and order are those
/// of [`crate::listing::list`], which reads on from them. `of`: the column that names the thing.
///
/// # Errors
/// As the database answers.
pub async fn firsts<T: FromQueryResult>(
    reader: &Reader,
    (table, live): (&str, &str),
    columns: &str,
    of: &str,
    Order { column, newest_first, .. }: Order,
    keys: impl Iterator<Item = (Uuid, u32)> + Clone,
) -> std::result::Result<Firsts<T>, Shared> {
    let direction = if newest_first { "desc" } else { "asc" };
    let sql = format!(
        "select asked.of_id, asked.of_first, r.* from unnest(($1::text)::uuid[], ($2::text)::bigint[]) asked (of_id, of_first)
         cross join lateral (select {columns}, ({column})::text as sort_key from {table} where {of} = asked.of_id and {live}
           order by {column} {direction}, id {direction} limit asked.of_first + 1) r"
    );
    let sizes: Vec<String> = keys.clone().map(|(_, first)| first.to_string()).collect();
    let rows: Vec<First<T>> =
        reader.0.all(&sql, [uuids(keys.map(|(id, _)| id)), format!("{{{}}}", sizes.join(",")).into()]).await.map_err(Arc::new)?;
    let mut found: Firsts<T> = HashMap::new();
    for First { of, key, row } in rows {
        found.entry(of).or_default().push((key, row));
    }
    Ok(found)
}

struct First<T> {
    of: (Uuid, u32),
    key: Key,
    row: T,
}

impl<T: FromQueryResult> FromQueryResult for First<T> {
    fn from_query_result(result: &sea_orm::QueryResult, pre: &str) -> std::result::Result<Self, sea_orm::DbErr> {
        let first: i64 = result.try_get(pre, "of_first")?;
        let first = u32::try_from(first).map_err(|error| sea_orm::DbErr::Type(error.to_string()))?;
        Ok(Self {
            of: (result.try_get(pre, "of_id")?, first),
            key: Key { sort: result.try_get(pre, "sort_key")?, id: result.try_get(pre, "id")? },
            row: T::from_query_result(result, pre)?,
        })
    }
}

/// A page from what [`firsts`] found of one thing.
#[must_use]
pub fn first_page<T>(found: Option<Vec<(Key, T)>>, page: &Page) -> Rows<T> {
    let rows = Rows::of(found.unwrap_or_default(), page, |(key, _)| key.clone());
    Rows {
        has_next: rows.has_next,
        has_previous: rows.has_previous,
        rows: rows.rows.into_iter().map(|(key, (_, row))| (key, row)).collect(),
    }
}

/// A key that is a UUID underneath.
pub trait Identified {
    fn uuid(&self) -> Uuid;
}

struct WithId<T> {
    id: Uuid,
    row: T,
}

impl<T: FromQueryResult> FromQueryResult for WithId<T> {
    fn from_query_result(result: &sea_orm::QueryResult, pre: &str) -> std::result::Result<Self, sea_orm::DbErr> {
        Ok(Self { id: result.try_get(pre, "id")?, row: T::from_query_result(result, pre)? })
    }
}

/// Declares `Loader<Id>` for a table: `by_id!(PlotId, Plot, "plot", COLUMNS)`, with a condition for a table without tombstones.
#[macro_export]
macro_rules! by_id {
    ($id:ty, $row:ty, $table:literal, $columns:expr) => {
        $crate::by_id!($id, $row, $table, $columns, "deleted_at is null");
    };
    ($id:ty, $row:ty, $table:literal, $columns:expr, $live:literal) => {
        impl $crate::loader::Identified for $id {
            fn uuid(&self) -> uuid::Uuid {
                self.0
            }
        }

        impl async_graphql::dataloader::Loader<$id> for $crate::loader::Reader {
            type Value = $row;
            type Error = $crate::loader::Shared;

            async fn load(&self, keys: &[$id]) -> Result<std::collections::HashMap<$id, $row>, Self::Error> {
                $crate::loader::by_id(self, $table, $live, $columns, keys).await
            }
        }
    };
}

/// The request's caller.
///
/// # Errors
/// Ours, when a request was built without one.
pub fn caller<'a>(context: &Context<'a>) -> Result<&'a Arc<Caller>> {
    data(context)
}

/// What a request carries.
///
/// # Errors
/// Ours, when a request was built without it.
pub fn data<'a, T: Send + Sync + 'static>(context: &Context<'a>) -> Result<&'a T> {
    context.data::<T>().map_err(|error| Error::Internal(anyhow::anyhow!(error.message)))
}

/// One thing by id, through the request's loaders.
///
/// # Errors
/// As the database answers.
pub async fn load<K>(context: &Context<'_>, key: K) -> Result<Option<<Reader as async_graphql::dataloader::Loader<K>>::Value>>
where
    K: Send + Sync + Hash + Eq + Clone + 'static,
    Reader: async_graphql::dataloader::Loader<K, Error = Shared>,
{
    data::<Loaders>(context)?.load_one(key).await.map_err(unshare)
}

/// The same, where there may be nothing to load.
///
/// # Errors
/// As [`load`].
pub async fn load_some<K>(context: &Context<'_>, key: Option<K>) -> Result<Option<<Reader as async_graphql::dataloader::Loader<K>>::Value>>
where
    K: Send + Sync + Hash + Eq + Clone + 'static,
    Reader: async_graphql::dataloader::Loader<K, Error = Shared>,
{
    match key {
        Some(key) => load(context, key).await,
        None => Ok(None),
    }
}

/// The error one row gets from its batch.
#[must_use]
pub fn unshare(error: Shared) -> Error {
    Arc::try_unwrap(error).unwrap_or_else(|shared| match shared.as_ref() {
        Error::Unavailable(cause) => Error::Unavailable(anyhow::anyhow!("{cause:#}")),
        other => Error::Internal(anyhow::anyhow!("{other}")),
    })
}
