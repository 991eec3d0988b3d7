export { parseCron, type CronTimes } from './cron-times.ts';
export { parseDateText } from './parse-date-text.ts';
export { formatScheduleTime, parseTimeFormat, scheduleTimeFormat } from './parse-time-format.ts';
export {
  createScheduler,
  scheduleSettingKeys,
  type FiredJob,
  type Scheduler,
  type SchedulerOptions,
} from './scheduler.ts';
