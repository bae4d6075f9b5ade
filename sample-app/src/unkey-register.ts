// What this app's keys and identities carry in `meta`, said once: every `VerifiedKey` knows it from here.
import 'nestjs-unkey';

declare module 'nestjs-unkey' {
  interface Register {
    meta: { plan: 'free' | 'pro' };
    identityMeta: { seats: number };
  }
}
