// Declares the types of `meta` for every `VerifiedKey` in this app.
import 'nestjs-unkey';

declare module 'nestjs-unkey' {
  interface Register {
    meta: { plan: 'free' | 'pro' };
    identityMeta: { seats: number };
  }
}
