import { config } from "zod/mini";

// Zod would try `new Function` for speed, which the page's Content-Security-Policy reports. Imported before any schema.
config({ jitless: true });
