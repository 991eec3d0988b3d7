import { defineJoin } from '../../providers/rabbitmq/cluster.ts';

/** `rabbitmq_cluster.joined` */
export const joined = defineJoin('rabbitmq_cluster.joined');
