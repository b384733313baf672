import Docker from 'dockerode';

const docker = new Docker();

/** The newest image of a runtime on this machine's engine, to build others from. */
export async function runtimeImage(runtime: string): Promise<string> {
  const found = await docker.listImages({ filters: { label: [`lambdock.image=${runtime}`] } });
  const tag = found
    .sort((one, other) => other.Created - one.Created)
    // Images built from a runtime's inherit its label: only the tag tells them apart.
    .flatMap(({ RepoTags }) => RepoTags ?? [])
    .find((each) => each.startsWith(`lambdock/${runtime}:`));
  if (tag === undefined) {
    throw new Error(
      `There is no image of ${runtime}. Make it: npx lambdock prepare --template test/fixtures/every-runtime.yaml`,
    );
  }
  return tag;
}

export async function removeImage(reference: string): Promise<void> {
  await docker.getImage(reference).remove({ force: true });
}
