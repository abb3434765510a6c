using EvsNative.Pipelines.Settings;

namespace EvsNative.Pipelines.Batch;

/// <summary>One clip of a batch.</summary>
/// <param name="Place">in the list, from 0: what shards count</param>
/// <param name="Name">what to call it: the clip</param>
/// <param name="Choices">all that was said of it, its own words over those of the command line</param>
/// <param name="Output">where its result is to be, in the user's words</param>
public sealed record BatchJob(int Place, string Name, Choices Choices, string Output);
