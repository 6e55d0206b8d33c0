//! A passkey that was there before the role.

use serde_json::json;
use terrein_tests::client::cookie;

use super::authenticator::Authenticator;
use super::{SESSION, add, by_mail, can, is_nobody, post, shown, sign_in, strict, who};
use crate::account_mail::told;

#[tokio::test(flavor = "multi_thread")]
async fn a_passkey_from_before_a_role_that_asks_more_is_no_strong_proof_for_it() {
    let app = strict().await;
    let email = "ondernemer@demo.example";
    let mut early = Authenticator::new(&app.url);
    let added = add(&by_mail(&app, email).await, &mut early, "Van vroeger").await;
    let laid_by = sign_in(&app.anonymous(), &mut early).await;
    assert!(told(&app, 1).await[0].contains("passkey toegevoegd"));
    app.sql(
        "insert into membership (id, person_id, organisation_id, terrain_id, role) select gen_random_uuid(), p.id, m.organisation_id, m.terrain_id, 'aanjager'
         from person p join membership m on m.person_id = p.id where p.email = 'ondernemer@demo.example' limit 1",
    )
    .await;
    // It still signs in, and the role waits: in sessions that are open, and in a new one.
    let again = sign_in(&app.anonymous(), &mut early).await;
    for client in [&added, &laid_by, &again] {
        assert_eq!(who(client).await["viewer"]["needsStrongSignIn"], true);
        assert_eq!(can(client).await.0, json!(false));
    }
    // Nor does it add one that is.
    let refused = post(&again, "/passkeys/options", &json!({})).await;
    assert_eq!((refused.status, refused.json()["code"].as_str()), (403, Some("SIGN_IN_AGAIN")));

    // The mailbox does, now, and the new one takes the place of what was there.
    let mut new = Authenticator::new(&app.url);
    let strong = add(&by_mail(&app, email).await, &mut new, "Nu").await;
    let me = who(&strong).await;
    assert_eq!((&me["viewer"]["needsStrongSignIn"], can(&strong).await.0), (&json!(false), json!(true)));
    assert_eq!(me["passkeys"].as_array().map(Vec::len), Some(1));
    assert!(is_nobody(&laid_by).await && is_nobody(&again).await && is_nobody(&added).await);
    early.counter += 1;
    let answer = post(&app.anonymous(), "/sign-in/passkey", &shown(&app.anonymous(), &early).await).await;
    assert_eq!((answer.status, cookie(&answer, SESSION)), (422, None));
    assert_eq!(who(&sign_in(&app.anonymous(), &mut new).await).await["viewer"]["needsStrongSignIn"], false);
    // One that is added by what is strong already is strong too.
    let mut second = Authenticator::new(&app.url);
    add(&strong, &mut second, "Reserve").await;
    assert_eq!(who(&sign_in(&app.anonymous(), &mut second).await).await["viewer"]["needsStrongSignIn"], false);
}
