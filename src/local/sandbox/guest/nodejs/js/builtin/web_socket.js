// `WebSocket`: there to be looked at.

import { EventTarget } from "hoist:event-target";
import { throwingClasses } from "hoist:unavailable";

export const { WebSocket } = throwingClasses("globalThis", "WebSocket", EventTarget, "it reaches HTTP and HTTPS servers only");
