export { deliver, type Delivery, type DeliveryContext } from './deliver.ts';
export { returnersErrors } from './errors.ts';
export { createOutbox, outboxFailpoints, type Outbox, type OutboxOptions } from './outbox/outbox-store.ts';
export { requireReturner, returnerNames } from './returner-table.ts';
