namespace EvsNative.Pipelines.Settings;

/// <summary>Many clips, on many machines.</summary>
public static class BatchSettings
{
    /// <summary>The group.</summary>
    public static SettingGroup Group { get; } = new("many clips", isTold: false);

    /// <summary>The list of clips.</summary>
    public static Setting<string> Batch { get; } = Group.Add(new Setting<string>(
        "batch", Wordings.Text("PATH"), "refine many clips: a folder of them, or a file with a JSON object of settings in each line")
    {
        IsCommon = true,
        Example = "jobs.jsonl",
        InsteadOf = [ClipSettings.Clip, ClipSettings.Demo],
        Clash = "--batch names its clips: leave the clip, --demo or --batch out",
    });

    /// <summary>This worker's share of them.</summary>
    public static Setting<Shard> Shard { get; } = Group.Add(new Setting<Shard>(
        "shard", Wordings.Shard, "do the clips of worker I of N first, I from 0")
    {
        Default = "what Slurm or Kubernetes says, else all",
        Example = "0/4",
    });

    /// <summary>A worker for each device.</summary>
    public static Setting<string> Gpus { get; } = Group.Add(new Setting<string>(
        "gpus", Wordings.Devices, "one worker for each of these devices, such as all or cuda:0,cuda:1")
    {
        Example = "all",
    });
}
