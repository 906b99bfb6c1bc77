import { useNavigate } from "@tanstack/react-router";
import { Keyboard, LogOut, Monitor, Moon, Settings, Sun } from "lucide-react";
import type { ReactElement } from "react";

import { Menu } from "@/components/ui/menu";
import { setTheme, type ThemeChoice, useTheme } from "@/components/ui/theme";
import type { Viewer } from "@/graphql/viewer";

import { useSignOut } from "./account";
import { AccountButton } from "./account-button";

const themes: readonly { id: ThemeChoice; name: string; icon: typeof Sun }[] = [
  { id: "light", name: "Light", icon: Sun },
  { id: "dark", name: "Dark", icon: Moon },
  { id: "system", name: "System", icon: Monitor },
];

/** Opened as it appears: its button was pressed. */
export function AccountMenu({ viewer, onKeys }: { viewer: Viewer; onKeys: () => void }): ReactElement {
  const theme = useTheme();
  const signOut = useSignOut();
  const navigate = useNavigate();
  return (
    <Menu
      label="Account"
      isOpenAtFirst
      trigger={<AccountButton viewer={viewer} />}
      actions={[
        {
          id: "settings",
          label: "Settings",
          icon: Settings,
          run: () => void navigate({ to: "/settings" }),
        },
        ...themes.map(({ id, name, icon }) => ({
          id,
          label: `Theme: ${name}${theme === id ? " (current)" : ""}`,
          icon,
          run: () => {
            setTheme(id);
          },
        })),
        { id: "keys", label: "Keyboard shortcuts", icon: Keyboard, run: onKeys },
        { id: "out", label: "Sign out", icon: LogOut, run: signOut },
      ]}
    />
  );
}
