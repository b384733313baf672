import { FakeEngine } from '../support/fakes/fake-engine';
import { fakeActs } from './fake-acts';
import { faultJourney } from './fault-journey';
import { invokeJourney } from './invoke-journey';

jest.setTimeout(60_000);

const fakeEngine = () => {
  const engine = new FakeEngine();
  engine.runtime = fakeActs;
  return engine;
};

describe('on the engine without containers', () => {
  describe('what goes well', () => invokeJourney(fakeEngine));
  describe('what goes wrong', () => faultJourney(fakeEngine));
});

describe('on the real engine', () => {
  describe('what goes well', () => invokeJourney());
  describe('what goes wrong', () => faultJourney());
});
