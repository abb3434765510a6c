using System.Text.Json;
using EvsNative.Layers;
using EvsNative.Pipelines.Compare;
using EvsNative.Pipelines.Frames;
using EvsNative.Pipelines.Settings;

namespace EvsNative.Pipelines.Tests.Compare;

/// <summary>What is named as clips, and what they show.</summary>
public sealed class CompareClipsTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("a red fox in the snow-0.mp4", "a red fox in the snow")]
    [InlineData("set/a well-known street-12.mp4", "a well-known street")]
    [InlineData("a fox.mp4", "a fox")]
    [InlineData("1-2-3.mov", "1-2")]
    public void A_name_says_what_a_clip_shows(string path, string prompt) => Assert.Equal(prompt, CompareClips.PromptOf(path));

    [Fact]
    public void A_folder_of_frames_is_a_clip_and_a_folder_of_clips_is_several()
    {
        Frames("set/b-1");
        Frames("set/a-0");
        Frames("one");
        var clips = Find([_folder["set"], _folder["one"]], namesArePrompts: true);
        Assert.Equal(["a-0", "b-1", "one"], clips.Select(clip => clip.Name));
        Assert.Equal(["a", "b", "one"], clips.Select(clip => clip.Choices.Get(ClipSettings.Prompt)));
        Assert.All(clips, clip => Assert.False(clip.Choices.Says(OutputSettings.Output)));
    }

    [Fact]
    public void A_list_says_more_of_each_clip_and_its_words_hold()
    {
        Frames("fox-0");
        string Line(object json) => JsonSerializer.Serialize(json);
        File.WriteAllLines(
            _folder["list.jsonl"],
            [
                Line(new { clip = _folder["fox-0"], prompt = "a wolf", seed = 5 }),
                Line(new { clip = _folder["fox-0"], output = _folder["elsewhere"] }),
            ]);
        var clips = Find([_folder["list.jsonl"]], namesArePrompts: true, new Choices().With(MethodSettings.Seed, 3ul));
        Assert.Equal(["a wolf", "fox"], clips.Select(clip => clip.Choices.Get(ClipSettings.Prompt)));
        Assert.Equal([5ul, 3ul], clips.Select(clip => clip.Choices.Get(MethodSettings.Seed)!.Value));
        // Two clips of one name are told apart by their paths.
        Assert.All(clips, clip => Assert.Equal(_folder["fox-0"], clip.Name));
    }

    [Fact]
    public void What_is_not_there_is_told_at_once()
    {
        InputErrors.Expect(() => Find([], false), InputCode.NotGiven, "no clip");
        InputErrors.Expect(() => Find([_folder["none.mp4"]], false), InputCode.NotFound, "none.mp4");
        Directory.CreateDirectory(_folder["empty"]);
        InputErrors.Expect(() => Find([_folder["empty"]], false), InputCode.WrongKind, "empty");
        var demo = new Choices().With(ClipSettings.Demo, true);
        InputErrors.Expect(() => Find([_folder["empty"]], false, demo), InputCode.Conflict, "--demo");
    }

    private static IReadOnlyList<CompareClip> Find(string[] paths, bool namesArePrompts, Choices? common = null) =>
        CompareClips.Find(paths, common ?? new Choices(), namesArePrompts);

    private void Frames(string name)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder[name])!);
        FrameFiles.Write(_folder[name], TestVideos.Smooth(2, 8, 8));
    }
}
