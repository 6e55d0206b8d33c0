import { post, type Answer } from './http';

/** A passkey that was asked for: as any question, or the person (or the device) called it off. */
export type PasskeyOutcome<Body = undefined> =
  | Answer<Body>
  | { kind: 'cancelled' }
  /** This device holds a passkey for this person already. */
  | { kind: 'known' };

interface Asked {
  id: string;
  publicKey: Record<string, unknown>;
}

/** Whether this browser can do it at all: over https, or on this very machine. */
export const hasPasskeys = (): boolean => isSecureContext && typeof PublicKeyCredential === 'function';

/** Whether the browser offers passkeys in the mail field by itself. */
export async function hasAutofill(): Promise<boolean> {
  if (!hasPasskeys()) return false;
  return (await PublicKeyCredential.isConditionalMediationAvailable?.().catch(() => false)) ?? false;
}

/**
 * Signs in with a passkey; no name is asked. With a `signal` it waits in the background until somebody picks one
 * from the mail field.
 */
export async function signInWithPasskey(signal?: AbortSignal): Promise<PasskeyOutcome> {
  const asked = await post<Asked>('/sign-in/passkey/options');
  // No passkey was shown yet, so none was refused.
  if (asked.kind === 'refused') return { kind: 'unreachable' };
  if (asked.kind !== 'done') return asked;
  const { id, publicKey } = asked.body;
  const credential = await fromDevice(() =>
    navigator.credentials.get({
      publicKey: {
        ...publicKey,
        challenge: bytesOf(publicKey['challenge'] as string),
        allowCredentials: described(publicKey['allowCredentials']),
      } as PublicKeyCredentialRequestOptions,
      ...(signal ? { signal, mediation: 'conditional' } : {}),
    }),
  );
  if (typeof credential === 'string') return { kind: credential };
  const { authenticatorData, clientDataJSON, signature, userHandle } =
    credential.response as AuthenticatorAssertionResponse;
  return post('/sign-in/passkey', {
    id,
    credential: {
      ...named(credential),
      response: {
        authenticatorData: textOf(authenticatorData),
        clientDataJSON: textOf(clientDataJSON),
        signature: textOf(signature),
        userHandle: userHandle ? textOf(userHandle) : null,
      },
    },
  });
}

/** Makes a passkey on this device for whoever is signed in. */
export async function addPasskey(name: string): Promise<PasskeyOutcome<{ id: string; name: string }>> {
  const asked = await post<Asked>('/passkeys/options');
  if (asked.kind !== 'done') return asked;
  const { id, publicKey } = asked.body;
  const user = publicKey['user'] as { id: string };
  const credential = await fromDevice(() =>
    navigator.credentials.create({
      publicKey: {
        ...publicKey,
        challenge: bytesOf(publicKey['challenge'] as string),
        user: { ...user, id: bytesOf(user.id) },
        excludeCredentials: described(publicKey['excludeCredentials']),
      } as unknown as PublicKeyCredentialCreationOptions,
    }),
  );
  if (typeof credential === 'string') return { kind: credential };
  const response = credential.response as AuthenticatorAttestationResponse;
  return post('/passkeys', {
    id,
    name,
    credential: {
      ...named(credential),
      response: {
        attestationObject: textOf(response.attestationObject),
        clientDataJSON: textOf(response.clientDataJSON),
        transports: response.getTransports?.() ?? [],
      },
    },
  });
}

async function fromDevice(
  ask: () => Promise<Credential | null>,
): Promise<PublicKeyCredential | 'cancelled' | 'known'> {
  try {
    return ((await ask()) as PublicKeyCredential | null) ?? 'cancelled';
  } catch (error) {
    // Called off, too late or refused look alike, so that a page learns nothing about the device.
    return (error as DOMException).name === 'InvalidStateError' ? 'known' : 'cancelled';
  }
}

const named = (credential: PublicKeyCredential): object => ({
  id: credential.id,
  rawId: textOf(credential.rawId),
  type: credential.type,
  extensions: credential.getClientExtensionResults(),
});

/** The server names credentials in base64url; the browser wants their bytes. */
const described = (list: unknown): object[] =>
  ((list as { id: string }[] | undefined) ?? []).map((entry) => ({ ...entry, id: bytesOf(entry.id) }));

/** Base64url, as WebAuthn's JSON has it, to bytes. */
export const bytesOf = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (char) => char.charCodeAt(0));

/** Bytes to base64url without padding. */
export const textOf = (buffer: ArrayBuffer): string =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, '-')
    .replace(/\//g, '_')
    .replace(/=+$/, '');
