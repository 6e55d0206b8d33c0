-- Being used keeps a session alive; written at most once a minute.
select id, name, email, language, strong, untouched, held, territory, needs_strong_sign_in from app.viewer()
