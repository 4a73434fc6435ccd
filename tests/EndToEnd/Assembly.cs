[assembly: System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
[assembly: Parallelizable(ParallelScope.Fixtures)]
