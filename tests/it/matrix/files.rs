//! Photos, voice notes and uploads for the matrix: the demo has none.

use terrein_tests::TestApp;

pub(super) async fn fill(app: &TestApp) {
    // On every issue: a photo that was looked over, one that was not, a voice note, and an upload under way.
    for (shown, alt) in [(1, "shown"), (0, "taken")] {
        app.sql(&format!(
            "insert into photo (id, issue_id, terrain_id, author_id, organisation_id, author_role, state, alt, created_at, check_no, shown_no)
             select gen_random_uuid(), id, terrain_id, author_id, organisation_id, reporter_role, 'ready', '{alt}', now(), {shown}, {shown} from issue"
        ))
        .await;
    }
    app.sql(
        "insert into photo_file (photo_id, face, fits_px, check_no, width_px, height_px, bytes, object)
         select id, face, 320, shown_no, 1, 1, 1, 'x' from photo, unnest('{team,shown}'::text[]) face",
    )
    .await;
    // What others saw before it was looked over again.
    app.sql(
        "update photo_file f set check_no = 0 from photo p where p.id = f.photo_id and p.shown_no = 1 and f.face = 'shown'
           and p.issue_id in (select id from issue where title = 'Planted')",
    )
    .await;
    app.sql(
        "insert into voice_note (id, issue_id, terrain_id, author_id, organisation_id, author_role, created_at, sound_until)
         select gen_random_uuid(), id, terrain_id, author_id, organisation_id, reporter_role, now(), now() + interval '1 day' from issue",
    )
    .await;
    app.sql(
        "insert into upload (id, person_id, author_role, kind, issue_id, terrain_id, length, type, metadata, created_at, expires_at)
         select gen_random_uuid(), author_id, reporter_role, 'photo', id, terrain_id, 9, 'x', 'x', now(), now() + interval '1 day' from issue",
    )
    .await;
    // Nobody's turn yet.
    app.sql("insert into app.file_work (kind, target, at) values ('wipe', 'x', now() + interval '1 day')").await;
}
