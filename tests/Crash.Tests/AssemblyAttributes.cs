using Xunit.Sdk;
using Xunit.v3;

// Each test has a process of its own, and several of them mostly wait.
[assembly: Parallelization(Mode = ParallelMode.All, MaxThreads = 3)]
