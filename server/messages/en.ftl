# Errors: graph, problem+json, command line
error-unauthenticated = Sign in first.
error-forbidden = You may not do that here.
error-not-found = This does not exist or is not shared with you.
error-invalid = { $field }: { $reason }
error-too-complex = This question is too large ({ $limit }: { $found }, at most { $most }).
error-unavailable = Out of reach right now. Try again in a moment.
error-busy = It is too busy right now. Try again in a moment.
error-internal = Something went wrong on our side. If you contact us, mention this number: { $trace }.
error-rate-limited = Too much at once. Wait { $seconds } seconds.
error-token = This access token is not valid, or no longer.
error-persisted-only = Sign in first, or send an access token: without either only the questions of the app are answered.
error-document = The question cannot be read.
error-request = This request cannot be read.
error-method = This address is not for this kind of request.
error-too-large = This is too large to send in one go.
reason-required = must be filled in
reason-too-long = is too long (at most { $max } characters)
reason-out-of-range = is outside { $min } to { $max }
reason-too-many = are too many (at most { $max })
reason-wrong-cursor = is not a valid cursor
reason-not-a-geometry = is not a GeoJSON shape
reason-wrong-geometry-type = may only be a point, line or area
reason-broken-shape = is a broken shape: open, crossing itself or with invalid numbers
reason-outside-the-netherlands = lies outside the Netherlands; is the order longitude, latitude?
reason-exactly-one = give exactly one
reason-command-reused = was already used for something else
reason-taken = is already in use
reason-does-not-fit = does not fit here
reason-unreadable = has a value that does not fit here
# Sign-in
sign-in-mail-subject = Sign in to Terrein
sign-in-mail-body =
    Hello { $name },

    Open this link in the browser in which you asked for it, and you are signed in:
    { $link }

    Or type this code on your device:
    { $code }

    The link and the code work for 15 minutes, once. Did you not ask for this? Then you need not do anything.
sign-in-page-title = Sign in to Terrein
sign-in-page-text = One more tap and you are signed in on this device.
sign-in-page-button = Sign in
sign-in-page-failed = This link does not work (any more). Ask for a new one, or type the code from the mail on the device on which you asked for it.
sign-in-page-again = Ask for a new link
sign-in-oidc-failed = Signing in at your organisation did not work. Begin again, in the same browser. If it fails once more, sign in by mail and tell your administrator.
sign-in-oidc-unknown = Your organisation knows you, but this account cannot sign in here. Ask the aanjager of your terrain or your administrator for an invitation. If you have one, sign in by mail.
sign-in-oidc-unavailable = The sign-in page of your organisation does not answer right now. Try again in a few minutes, or sign in by mail.
sign-in-oidc-again = To the sign-in page
sign-in-code-invalid = This code is wrong or has expired.
sign-in-passkey-invalid = Signing in with this passkey did not work. Try again, or sign in by mail.
passkey-invalid = This passkey was not added. Try again.
sign-in-strongly = First sign in with a passkey you have already, or through your organisation. No longer possible? Ask your administrator for a link.
sign-in-again = You signed in too long ago. Sign in again; after that it can be done for a quarter of an hour.
# Messages about your account
account-mail-subject = Something changed in your account at Terrein
account-mail-greeting = Hello { $name },
account-mail-passkey-added = A passkey was added to your account. You can sign in with it.
account-mail-passkey-removed = A passkey was removed from your account. Devices that were signed in with it are signed out.
account-mail-organisation-linked = Your account is linked to the account at your organisation. You can sign in with that one too.
account-mail-token-made = An access token was made. A program sees with it what you see, until the token ends or you revoke it.
account-mail-others-signed-out = All your other devices are signed out.
account-mail-how =
    Did you do this yourself? Then there is nothing to do.

    It was not you? Open your account:
    { $link }
    Sign all other devices out there. Remove passkeys and tokens that you do not know. Does that not work, or do you not know the account at the organisation? Call your administrator at once.
# Invitations
invitation-invalid = This invitation does not work (any more). Ask whoever invited you for a new one.
invitation-mail-subject = An invitation to Terrein
invitation-mail-greeting = Hello { $name },
invitation-mail-greeting-nobody = Hello,
invitation-mail-what = { $inviter } invites you to take part in Terrein as { $role }, for { $organisation }.
invitation-mail-what-terrain = { $inviter } invites you to take part in Terrein as { $role } on { $terrain }, for { $organisation }.
invitation-mail-how =
    Open this link to see what you can do, and take part if you like:
    { $link }

    The link works for 14 days and is for you alone: do not pass this mail on. You would rather not? Then you need not do anything.
role-aanjager = aanjager
role-entrepreneur = entrepreneur
role-owner = owner
role-municipality = municipal officer
role-grid-operator = grid operator's officer
role-park-manager = park manager
role-project-lead = project lead
role-province = provincial officer
role-partner = partner
role-admin = administrator
