import { toFlag, toIntArgument } from '../runtime/argument-values.ts';
import type { BoundArguments } from '../runtime/routine.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { refuseLongList } from '../values/size-limits.ts';
import { Markup, type RuntimeValue } from '../values/runtime-value.ts';

const words = (
  'lorem ipsum dolor sit amet consectetur adipiscing elit sed do eiusmod tempor incididunt ut labore et dolore magna ' +
  'aliqua enim ad minim veniam quis nostrud exercitation ullamco laboris nisi aliquip ex ea commodo consequat'
).split(' ');

/** `lipsum(…)`: paragraphs of words by chance, with a comma or full stop now and then. */
export function generateLorem([count, html, least, most]: BoundArguments, runtime: Runtime): RuntimeValue {
  const [lowest, highest] = [toIntArgument(least, 20), toIntArgument(most, 100)];
  const paragraphs = toIntArgument(count, 5);
  refuseLongList(paragraphs * highest);
  const texts = Array.from({ length: paragraphs }, () => paragraph(lowest, highest, runtime));
  if (!toFlag(html, true)) return texts.join('\n\n');
  return new Markup(texts.map((text) => `<p>${text}</p>`).join('\n'));
}

function paragraph(lowest: number, highest: number, runtime: Runtime): string {
  const length = lowest + Math.floor(runtime.random() * Math.max(1, highest - lowest));
  let text = '';
  let startsSentence = true;
  for (let index = 0; index < length; index += 1) {
    runtime.tick();
    const word = words[Math.floor(runtime.random() * words.length)] ?? 'lorem';
    text += `${index === 0 ? '' : ' '}${startsSentence ? word.slice(0, 1).toUpperCase() + word.slice(1) : word}`;
    const mark = runtime.random();
    startsSentence = index < length - 1 && mark > 0.9;
    if (startsSentence) text += '.';
    else if (mark < 0.1 && index < length - 1) text += ',';
  }
  return `${text}.`;
}
