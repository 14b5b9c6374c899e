//! How many queries run and wait, and what becomes of the others.

use std::sync::mpsc;

use super::*;

fn queries(running: usize, waiting: usize, timeout: Duration) -> Queries {
    Queries::new(QueryOptions::new().running(running).waiting(waiting).timeout(timeout))
}

/// Yields until something holds.
async fn until(holds: impl Fn() -> bool) {
    while !holds() {
        tokio::task::yield_now().await;
    }
}

const LONG: Duration = Duration::from_secs(600);

#[tokio::test]
async fn one_more_than_run_and_wait_is_refused() {
    let queries = queries(2, 1, LONG);
    let (open, gate) = mpsc::channel::<()>();
    let gate = Arc::new(Mutex::new(gate));
    let asked: Vec<_> = (0..3)
        .map(|number| {
            let (queries, gate) = (queries.clone(), Arc::clone(&gate));
            tokio::spawn(async move {
                let wait = move |_: &mut Budget| {
                    gate.lock().unwrap().recv().unwrap();
                    Ok(number)
                };
                queries.run("true", queries.budget(), wait).await
            })
        })
        .collect();
    until(|| queries.stats().running == 2 && queries.stats().waiting == 1).await;
    let refused = queries.run("true", queries.budget(), |_| Ok(())).await.unwrap_err();
    assert_eq!(refused.to_string(), "too many queries: 3 run or wait already, ask again later");
    (0..3).for_each(|_| open.send(()).unwrap());
    for (number, asked) in asked.into_iter().enumerate() {
        assert_eq!(asked.await.unwrap(), Ok(number));
    }
    assert_eq!(queries.run("true", queries.budget(), |_| Ok(())).await, Ok(()), "there is room again");
    let stats = queries.stats();
    assert_eq!((stats.answered, stats.refused, stats.running, stats.waiting), (4, 1, 0, 0));
}

#[tokio::test]
async fn what_takes_too_long_is_told_so_whether_it_ran_or_not() {
    let queries = queries(1, 9, LONG);
    let endless = |budget: &mut Budget| loop {
        budget.look()?;
    };
    let over: Result<(), _> = queries.run("true", Budget::lasting(Duration::from_millis(1)), endless).await;
    // Which of them it is depends on how soon the thread starts.
    assert!(matches!(over, Err(QueryRefused::TimedOut { .. })), "{over:?}");
    let never = queries.run("true", Budget::lasting(Duration::ZERO), |_| Ok(())).await;
    assert_eq!(never.unwrap_err().to_string(), "the query had to wait longer than 600s for others, ask again later");
    let ran = QueryRefused::TimedOut { limit: Duration::from_secs(5), has_run: true };
    assert_eq!(ran.to_string(), "the query took longer than 5s: ask for fewer events, or in a simpler way, or raise --query-timeout");
    assert_eq!((queries.stats().timed_out, queries.stats().answered), (2, 0));
}

#[tokio::test]
async fn a_query_stops_when_nobody_waits_for_it() {
    let queries = queries(1, 9, LONG);
    let (runs, endless) = {
        let (runs, running) = mpsc::channel();
        let endless = move |budget: &mut Budget| -> Result<(), OutOfBudget> {
            runs.send(()).unwrap();
            loop {
                budget.look()?;
            }
        };
        (running, endless)
    };
    let asked = tokio::spawn({
        let queries = queries.clone();
        async move { queries.run("true", queries.budget(), endless).await }
    });
    until(|| runs.try_recv().is_ok()).await;
    asked.abort();
    until(|| queries.stats().abandoned == 1).await;
    assert_eq!(queries.run("true", queries.budget(), |_| Ok(7)).await, Ok(7), "its thread is free again");
}

#[tokio::test]
async fn a_query_that_panics_takes_no_thread_along() {
    let queries = queries(1, 0, LONG);
    for _ in 0..3 {
        let failed: Result<(), _> = queries.run("true", queries.budget(), |_| panic!("a defect")).await;
        assert_eq!(failed, Err(QueryRefused::Failed));
    }
    assert_eq!(queries.run("true", queries.budget(), |_| Ok(7)).await, Ok(7));
}

#[test]
fn what_is_logged_of_a_query_is_one_short_line() {
    assert_eq!(shown("host = \"a\nb\""), r#""host = \"a\nb\"""#);
    let long = shown(&"ä".repeat(1_000));
    assert!(long.ends_with("ä\"…") && long.len() < 210, "{long}");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn they_run_on_threads_that_stand_behind_others() {
    let (queries, here) = (queries(1, 1, LONG), fastts_testkit::threads::nice());
    let behind = queries.run("true", queries.budget(), |_| Ok(fastts_testkit::threads::nice())).await.unwrap();
    assert!(behind > here && fastts_testkit::threads::nice() == here, "{behind} behind {here}");
}
