import { defineJoin } from '../../providers/rabbitmq/cluster.ts';

/** `rabbitmq_cluster.join`, the former name of `joined`. */
export const join = defineJoin('rabbitmq_cluster.join');
