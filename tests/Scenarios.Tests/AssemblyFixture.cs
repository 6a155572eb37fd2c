using Parley.Scenarios.Tests;
using Xunit.Sdk;
using Xunit.v3;

[assembly: AssemblyFixture(typeof(SharedProcess))]
[assembly: AssemblyFixture(typeof(SharedCluster))]
[assembly: Parallelization(Mode = ParallelMode.All, MaxThreads = 4)]
