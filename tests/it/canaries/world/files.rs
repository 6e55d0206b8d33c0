//! Photos, voice notes and what is under way of them.

use super::World;

impl World {
    /// On issues of Ann: a photo looked over and one not, a voice note, an upload under way; and one of each that was removed.
    pub(super) fn files(&mut self) {
        for (name, issue, shown, deleted) in [
            ("me", "me", 0, "null"),
            ("team", "team", 0, "null"),
            ("public", "public", 1, "null"),
            ("unseen-public", "public", 0, "null"),
            ("parties", "parties", 1, "null"),
            ("terrain", "terrain", 1, "null"),
            ("deleted", "terrain", 1, "now()"),
        ] {
            let row = format!("photo:{name}");
            let ids =
                [format!("issue:{issue}"), "terrain:here".into(), "person:ann".into(), "organisation:ann".into()].map(|of| self.id(&of));
            let common = ids.map(|id| format!("'{id}'")).join(", ");
            let (id, alt) = (self.id(&row), self.word(&row, "alt"));
            self.run(format!(
                "insert into photo (id, issue_id, terrain_id, author_id, organisation_id, author_role, state, alt, created_at, check_no, shown_no, deleted_at)
                 values ('{id}', {common}, 'entrepreneur', 'ready', '{alt}', now(), {shown}, {shown}, {deleted})"
            ));
            for face in ["team", "shown"] {
                let object = self.word(&format!("photo_file:{face}-{name}"), "object");
                self.run(format!(
                    "insert into photo_file (photo_id, face, fits_px, check_no, width_px, height_px, bytes, object)
                     values ('{id}', '{face}', 960, {shown}, 1, 1, 8, 'photo/{object}')"
                ));
            }
            if ["unseen-public", "parties"].contains(&name) {
                continue;
            }
            let row = format!("voice_note:{name}");
            let (id, transcript, object) = (self.id(&row), self.word(&row, "transcript"), self.word(&row, "object"));
            self.run(format!(
                "insert into voice_note (id, issue_id, terrain_id, author_id, organisation_id, author_role, state, transcript, transcript_state, type, object,
                   bytes, created_at, sound_until, deleted_at)
                 values ('{id}', {common}, 'entrepreneur', 'ready', '{transcript}', 'draft', 'audio/ogg', 'voice-note/{object}', 8, now(), now() + interval '1 day', {deleted})"
            ));
        }
        let (id, alt, issue, terrain, person) = (
            self.id("upload:ann"),
            self.word("upload:ann", "alt"),
            self.id("issue:public"),
            self.id("terrain:here"),
            self.id("person:ann"),
        );
        self.run(format!(
            "insert into upload (id, person_id, author_role, kind, issue_id, terrain_id, length, type, metadata, alt, created_at, expires_at)
             values ('{id}', '{person}', 'entrepreneur', 'photo', '{issue}', '{terrain}', 9, 'image/jpeg', 'x', '{alt}', now(), now() + interval '1 day')"
        ));
    }
}
