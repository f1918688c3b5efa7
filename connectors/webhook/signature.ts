import { createHmac, timingSafeEqual } from "node:crypto";

/** How far a sender's clock may be off, and how old a replayed event may be. */
const toleranceMs = 5 * 60_000;

/**
 * Whether an event carries a right signature: https://github.com/standard-webhooks/standard-webhooks, HMAC-SHA256 over
 * `id.timestamp.body`, of which a header may have several while secrets are changed.
 */
export function isSigned(
  headers: Readonly<Record<string, string>>,
  body: Buffer,
  secret: string,
  now: number,
): boolean {
  const { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signatures } = headers;
  if (id === undefined || timestamp === undefined || signatures === undefined) return false;
  if (!(Math.abs(now - Number(timestamp) * 1000) <= toleranceMs)) return false;
  const key = secret.startsWith("whsec_") ? Buffer.from(secret.slice(6), "base64") : Buffer.from(secret);
  const expected = createHmac("sha256", key).update(`${id}.${timestamp}.`).update(body).digest();
  return signatures.split(" ").some((signature) => {
    const given = Buffer.from(signature.replace(/^v1,/, ""), "base64");
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
}
