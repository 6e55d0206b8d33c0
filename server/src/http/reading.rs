//! Reading what clients make up, which takes time of the processor and none of the database: on threads of its own, a few at once and in
//! fair turns, so that nobody's texts hold up what others ask.

use std::pin::Pin;
use std::task::Poll;

use super::buckets::Spender;
use super::turns::Turn;
use crate::app::App;

/// Bodies up to this many bytes are read where they come in: less work than handing them over.
pub const SMALL: usize = 8 * 1024;
/// Texts likewise, which take more for each byte.
pub const SMALL_TEXT: usize = 1024;
/// Fields of a question that are checked against the schema in less time than it takes to hand them over.
pub const FEW: usize = 50;

/// Does `work` on a thread of its own; `None` when there was no turn in time. Whoever goes away meanwhile leaves it to its end, in its turn.
pub async fn apart<T: Send + 'static>(app: &App, spender: &Spender, work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    let turn = app.buckets.reading(spender).await?;
    let done = tokio::task::spawn_blocking(move || {
        let done = work();
        drop(turn);
        done
    });
    match done.await {
        Ok(done) => Some(done),
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // The server stops.
            Err(_) => None,
        },
    }
}

/// Begins `work` in a turn, with a thread to itself: the graph checks a text against the schema before it waits for anything. What came of
/// it when that was all; otherwise `work` goes on where it is awaited.
pub async fn begun<F: Future>(turn: Turn, mut work: Pin<&mut F>) -> Option<F::Output> {
    let begun = std::future::poll_fn(|context| {
        Poll::Ready(match tokio::task::block_in_place(|| work.as_mut().poll(context)) {
            Poll::Ready(done) => Some(done),
            Poll::Pending => None,
        })
    })
    .await;
    drop(turn);
    begun
}
