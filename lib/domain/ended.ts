/** How a call came to its end. `exited` and `signalled` are the child's own; the rest is what we did, first reason wins. */
export type Ended = 'exited' | 'signalled' | 'deadline' | 'cancelled' | 'not-started'
