# Fouten: grafiek, problem+json, opdrachtregel
error-unauthenticated = Log eerst in.
error-forbidden = Dat mag je hier niet.
error-not-found = Dit bestaat niet of is niet met jou gedeeld.
error-invalid = { $field }: { $reason }
error-too-complex = Deze vraag is te groot ({ $limit }: { $found }, hoogstens { $most }).
error-unavailable = Nu niet bereikbaar. Probeer het zo weer.
error-busy = Het is nu te druk. Probeer het zo weer.
error-internal = Er ging iets mis bij ons. Noem bij contact dit nummer: { $trace }.
error-rate-limited = Te veel tegelijk. Wacht { $seconds } seconden.
error-token = Dit toegangstoken geldt niet (meer).
error-persisted-only = Log eerst in, of stuur een toegangstoken mee: wie dat niet doet, stelt hier alleen de vragen van de app.
error-document = De vraag is niet te lezen.
error-request = Dit verzoek is niet te lezen.
error-method = Dit adres is er niet voor dit soort verzoek.
error-too-large = Dit is te groot om in één keer te versturen.
reason-required = moet je invullen
reason-too-long = is te lang (hoogstens { $max } tekens)
reason-out-of-range = valt buiten { $min } tot en met { $max }
reason-too-many = zijn er te veel (hoogstens { $max })
reason-wrong-cursor = is geen geldige bladwijzer
reason-not-a-geometry = is geen GeoJSON-vorm
reason-wrong-geometry-type = mag alleen een punt, lijn of vlak zijn
reason-broken-shape = is een kapotte vorm: open, snijdt zichzelf of heeft ongeldige getallen
reason-outside-the-netherlands = ligt buiten Nederland; klopt de volgorde lengte, breedte?
reason-exactly-one = geef er precies één
reason-command-reused = is al voor iets anders gebruikt
reason-taken = is al in gebruik
reason-does-not-fit = past hier niet
reason-unreadable = heeft een waarde die hier niet past
# Inloggen
sign-in-mail-subject = Inloggen bij Terrein
sign-in-mail-body =
    Hallo { $name },

    Open deze link in de browser waarin je hem hebt gevraagd, en je bent ingelogd:
    { $link }

    Of typ op je toestel deze code:
    { $code }

    De link en de code werken 15 minuten en één keer. Heb je niets gevraagd? Dan hoef je niets te doen.
sign-in-page-title = Inloggen bij Terrein
sign-in-page-text = Nog één tik en je bent ingelogd op dit toestel.
sign-in-page-button = Log in
sign-in-page-failed = Deze link werkt niet (meer). Vraag een nieuwe, of typ de code uit de mail op het toestel waarmee je hem hebt gevraagd.
sign-in-page-again = Vraag een nieuwe link
sign-in-oidc-failed = Inloggen bij je organisatie is niet gelukt. Begin opnieuw, in dezelfde browser. Lukt het weer niet? Log dan in met een mail, en meld het bij je beheerder.
sign-in-oidc-unknown = Je organisatie kent je, maar met dit account kun je hier niet inloggen. Vraag de aanjager van je terrein of je beheerder om een uitnodiging. Heb je die al? Log dan in met een mail.
sign-in-oidc-unavailable = De inlogpagina van je organisatie geeft nu geen antwoord. Probeer het over een paar minuten weer, of log in met een mail.
sign-in-oidc-again = Naar inloggen
sign-in-code-invalid = Deze code klopt niet of is verlopen.
sign-in-passkey-invalid = Inloggen met deze passkey is niet gelukt. Probeer het nog eens, of log in met een mail.
passkey-invalid = Deze passkey is niet toegevoegd. Probeer het nog eens.
sign-in-strongly = Log eerst in met een passkey die je al hebt, of via je organisatie. Lukt dat niet meer? Vraag je beheerder om een link.
sign-in-again = Je bent te lang geleden ingelogd. Log opnieuw in; daarna kan het een kwartier lang.
# Berichten over je account
account-mail-subject = Er is iets veranderd aan je account bij Terrein
account-mail-greeting = Hallo { $name },
account-mail-passkey-added = Er is een passkey toegevoegd aan je account. Met die passkey kun je inloggen.
account-mail-passkey-removed = Er is een passkey verwijderd uit je account. Apparaten die daarmee waren ingelogd, zijn uitgelogd.
account-mail-organisation-linked = Je account is gekoppeld aan het account bij je organisatie. Je kunt nu ook daarmee inloggen.
account-mail-token-made = Er is een toegangstoken gemaakt. Een programma kan daarmee zien wat jij ziet, tot het token verloopt of je het intrekt.
account-mail-others-signed-out = Al je andere apparaten zijn uitgelogd.
account-mail-how =
    Heb je dit zelf gedaan? Dan hoef je niets te doen.

    Heb je dit niet gedaan? Open je account:
    { $link }
    Log daar alle andere apparaten uit. Verwijder passkeys en tokens die je niet kent. Lukt dat niet, of ken je het account van de organisatie niet? Bel dan meteen je beheerder.
# Uitnodigingen
invitation-invalid = Deze uitnodiging werkt niet (meer). Vraag een nieuwe aan wie je uitnodigde.
invitation-mail-subject = Een uitnodiging voor Terrein
invitation-mail-greeting = Hallo { $name },
invitation-mail-greeting-nobody = Hallo,
invitation-mail-what = { $inviter } nodigt je uit om op Terrein mee te doen als { $role }, voor { $organisation }.
invitation-mail-what-terrain = { $inviter } nodigt je uit om op Terrein mee te doen als { $role } op { $terrain }, voor { $organisation }.
invitation-mail-how =
    Open deze link om te zien wat je kunt, en doe mee als je wilt:
    { $link }

    De link werkt 14 dagen en is alleen voor jou: stuur deze mail niet door. Wil je niet meedoen? Dan hoef je niets te doen.
role-aanjager = aanjager
role-entrepreneur = ondernemer
role-owner = eigenaar
role-municipality = medewerker van de gemeente
role-grid-operator = medewerker van de netbeheerder
role-park-manager = parkmanager
role-project-lead = projectleider
role-province = medewerker van de provincie
role-partner = partner
role-admin = beheerder
