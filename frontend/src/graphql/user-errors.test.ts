// @vitest-environment node
import { describe, expect, it } from "vitest";

import { formErrors } from "./user-errors";

describe("formErrors", () => {
  it("puts an error on the field that its path ends in", () => {
    const { fields, general } = formErrors(
      [
        { field: ["input", "bodyRule", "path"], message: "is empty" },
        { field: ["name"], message: "Too long." },
        { field: ["input", "name"], message: "taken" },
      ],
      ["name", "bodyRule"],
    );
    expect(fields).toEqual({ bodyRule: "Is empty.", name: "Too long. Taken." });
    expect(general).toBeNull();
  });

  it("keeps what belongs to no field of the form, to stand over it", () => {
    expect(formErrors([{ field: null, message: "slow down" }], ["name"]).general).toBe("Slow down.");
    expect(formErrors([{ field: ["affiliateId"], message: "Whose?" }], ["name"]).general).toBe("Whose?");
  });

  it("tells the rows of a list apart, and those whose value somebody else has", () => {
    const known = ["urlTemplate", "campaignIds", "goals.0", "goals.1"];
    const { fields, conflicts } = formErrors(
      [
        { field: ["input", "goals", "1", "urlTemplate"], message: "has no host", code: "INVALID" },
        { field: ["input", "campaignIds"], message: "is another tracker's", code: "CONFLICT" },
      ],
      known,
    );
    expect(fields).toEqual({
      "goals.1": "Has no host.",
      campaignIds: "Is another tracker's.",
    });
    expect(conflicts).toEqual(["campaignIds"]);
  });
});
