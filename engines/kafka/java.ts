export interface JavaSetup {
  readonly classPath: string;
  readonly loggingFile: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** The serial collector and the first compiler start fastest and take the least memory. */
export function javaOptions(java: JavaSetup, megabytes: number): readonly string[] {
  return [
    `-Xmx${megabytes}m`,
    '-XX:+UseSerialGC',
    '-XX:TieredStopAtLevel=1',
    '-XX:+ExitOnOutOfMemoryError',
    '-Djava.awt.headless=true',
    `-Dlog4j2.configurationFile=${java.loggingFile}`,
    '-cp',
    java.classPath,
  ];
}
