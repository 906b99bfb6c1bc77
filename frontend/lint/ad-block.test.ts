// @vitest-environment node
import { readdirSync, readFileSync } from "node:fs";
import { join, parse, resolve } from "node:path";

import { expect, it } from "vitest";

// Media buyers have ad blockers. What their common lists match would not load, or would be hidden: no file of the build is named
// like that, no operation and no address that the page asks for. The routes that the contract fixes (/c/…, /postback/…) are not
// asked for by the page.

const root = resolve(import.meta.dirname, "..");

/** In the syntax of filter lists: * is anything, ^ a separator or the end. The commonest general rules of EasyList and EasyPrivacy. */
const patterns = `
/ads/ /ads. /ads- /ads_ _ads. -ads. /ad/ /ad- /ad. /ad_ -ad- _ad_ -ad. _ad. /adserver /adserv /adframe /adclick /adview /adimg
/adlog /adx/ /adsense /advert /banner/ /banners/ /banner. /banner- /banners. /banner_ /sponsor -sponsor /promo/ /popup. /popunder
/pop.js /affiliate/ /affiliate. /affiliates/ /affiliates. /affiliate_ -affiliate. /analytics. /analytics/ /analytics- -analytics.
/analytics_ /beacon. /beacon/ /beacon- /pixel. /pixel/ /pixel- -pixel. /telemetry /tracking. /tracking/ /tracking- -tracking.
_tracking. /track. /track/ /track_ /tracker. /tracker/ /trackers/ -tracker. _tracker. /clicktrack /click-track /click_track
/clickstats /clickstat /click.js /clicks.js /clicklog /conversion.js /conversions.js /conversiontrack /pageview /hitcount /stats.js /stat.js
/webstats /visitor.js /fingerprint
`
  .trim()
  .split(/\s+/);

function matcher(pattern: string): RegExp {
  const source = pattern
    .replaceAll(/[.+?${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll("*", ".*")
    .replaceAll("^", String.raw`(?:[^\w.%-]|$)`);
  return new RegExp(source, "i");
}

const matchers = patterns.map((pattern) => ({ pattern, regex: matcher(pattern) }));

function blocked(address: string): string[] {
  return matchers.filter(({ regex }) => regex.test(address)).map(({ pattern }) => `${address} by ${pattern}`);
}

function sources(): string[] {
  return readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" }).filter((file) =>
    /\.(ts|tsx|css)$/.test(file),
  );
}

it("there are some sixty patterns, and they match what they should", () => {
  expect(patterns.length).toBeGreaterThan(60);
  expect(blocked("/assets/ads.js")).not.toEqual([]);
  expect(blocked("/assets/page-analytics.js")).not.toEqual([]);
  expect(blocked("/assets/tracking-Bx12.js")).not.toEqual([]);
});

it("no file of the build is named like what ad blockers block", () => {
  // A chunk is named after a module: name-hash.js; a folder's name counts where a module is called index.
  const names = sources().map((file) => parse(file).name);
  expect(names.length).toBeGreaterThan(200);
  expect(
    names.flatMap((name) => ["js", "css"].flatMap((ext) => blocked(`/assets/${name}-B1x2y3z4.${ext}`))),
  ).toEqual([]);
});

it("no operation is named like what ad blockers block", () => {
  const operations = sources().flatMap((file) =>
    [
      ...readFileSync(join(root, "src", file), "utf8").matchAll(
        /^\s*(?:query|mutation|subscription) (\w+)/gm,
      ),
    ].map(([, name]) => name ?? ""),
  );
  expect(operations.length).toBeGreaterThan(100);
  expect(operations.flatMap((name) => blocked(`/graphql/${name}`))).toEqual([]);
});
