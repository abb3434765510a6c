namespace EvsNative.Fuzz.Seeds;

/// <summary>What ffmpeg and ffprobe say, and what people write.</summary>
internal static class TextSeeds
{
    /// <summary>What ffprobe prints of a small clip with sound, and of one with rotation, odd pixels and labels.</summary>
    public static IReadOnlyList<string> Probes { get; } =
    [
        """
        {"streams":[{"index":0,"codec_name":"h264","codec_type":"video","width":48,"height":32,"has_b_frames":2,"sample_aspect_ratio":"1:1",
        "display_aspect_ratio":"3:2","pix_fmt":"yuv420p","level":10,"field_order":"progressive","r_frame_rate":"8/1","avg_frame_rate":"8/1",
        "time_base":"1/16384","start_pts":0,"start_time":"0.000000","duration_ts":8192,"duration":"0.500000","bit_rate":"23568",
        "bits_per_raw_sample":"8","nb_frames":"4","disposition":{"default":1,"attached_pic":0},"tags":{"language":"und"}},
        {"index":1,"codec_name":"aac","codec_type":"audio","sample_rate":"44100","channels":2,"r_frame_rate":"0/0","avg_frame_rate":"0/0",
        "time_base":"1/44100","duration":"0.5"}],
        "format":{"filename":"file:/x/clip.mp4","nb_streams":2,"format_name":"mov,mp4,m4a,3gp,3g2,mj2","start_time":"0.000000",
        "duration":"0.500000","size":"2386","bit_rate":"38176","probe_score":100,"tags":{"major_brand":"isom","title":"a kite"}}}
        """,
        """
        {"streams":[{"index":0,"codec_type":"video","codec_name":"mjpeg","width":9,"height":9,"disposition":{"attached_pic":1}},
        {"index":2,"codec_name":"hevc","codec_type":"video","width":1920,"height":1080,"sample_aspect_ratio":"40:33",
        "pix_fmt":"yuv420p10le","color_range":"tv","color_space":"bt2020nc","color_transfer":"smpte2084","color_primaries":"bt2020",
        "field_order":"tt",
        "r_frame_rate":"30000/1001","avg_frame_rate":"2997/100","nb_frames":"N/A","tags":{"rotate":"90"},
        "side_data_list":[{"side_data_type":"Display Matrix","displaymatrix":"\n00000000: 0 65536 0\n","rotation":-90}]}],
        "format":{"filename":"x","nb_streams":3,"format_name":"matroska,webm","duration":"N/A","size":"0"}}
        """,
    ];

    /// <summary>What the filter showinfo says of two frames.</summary>
    public const string Stamps = """
        [Parsed_showinfo_1 @ 0x561e667ab080] [info] config in time_base: 1/16384, frame_rate: 8/1
        [Parsed_showinfo_1 @ 0x561e667ab080] [info] config out time_base: 0/0, frame_rate: 0/0
        [Parsed_showinfo_1 @ 0x561e667ab080] [info] n:   0 pts:      0 pts_time:0       pos:       48 fmt:rgb24 sar:1/1 s:48x48 i:P iskey:1
        [Parsed_showinfo_1 @ 0x561e667ab080] [info]   side data - User Data Unregistered:
        [Parsed_showinfo_1 @ 0x561e667ab080] [info] n:   1 pts:   2048 pts_time:0.125   pos:     1048 fmt:rgb24 sar:1/1 s:48x48 i:T iskey:0
        [h264 @ 0x55d0c2a4a0c0] [error] error while decoding MB 3 1, bytestream -5
        [mov,mp4,m4a,3gp,3g2,mj2 @ 0x56] [fatal] moov atom not found
        file:/x/clip.mp4: Invalid data found when processing input
        Conversion failed!
        """;

    /// <summary>Choices as a recipe has them.</summary>
    public static IReadOnlyList<string> Recipes { get; } =
    [
        """
        {"prompt":"a red balloon","negative":"","seed":7,"image-steps":50,"image-start":12,"insert-at":4,"guidance":3.0,"video-steps":8,
        "video-start":3,"video-calls":3,"video-guidance":1.0,"entry":"noise","noise":0.0,"fps":"30000/1001","upscale":1.5,"mode":"evs"}
        """,
        """{"strength":0.5,"sfi":"deep","sfi-attentions":"0,1,2","device":"cpu","precision":"fp32","size":"64x64","demo":true}""",
    ];

    /// <summary>Recipes as results carry them.</summary>
    public static IReadOnlyList<string> Results { get; } =
    [
        """
        {"format":"evsnative-recipe-1","version":"0.3.0","device":"CPU, 512-bit vectors","precision":"float32","settings":{"fake-weights":
        "tiny","mode":"evs","seed":5,"image-steps":2,"image-start":1,"guidance":1,"noise":"0.5","quality":20},"inputs":[
        {"setting":"clip","name":"clip.mp4","hash":"7fcf429e2e970d55"}]}
        """,
        """
        {"format":"evsnative-recipe-1","settings":{"seed":7,"fake-weights":"tiny","prompt-file":"prompts.txt","upscale":1.5},"prompts":[
        "0-7: a fox","8-: a hare"],"inputs":[{"setting":"prompt-file","name":"prompts.txt","hash":null}]}
        """,
    ];

    /// <summary>Prompts in several scripts.</summary>
    public static IReadOnlyList<string> Prompts { get; } =
    [
        "a red balloon rising over the sea at sunset", "", "it's we'll they've I'd", "(masterpiece:1.2), [lights|dark] <lora:x:0.8>",
        "日本語の文字 한국어 ひらがな", "İstanbul ǅ ﬁ ﷺ ½ Ⅷ ٣",
        "e\u0301\u0323 a\u0308\u0304 \u1112\u1161\u11ab", "👩‍👩‍👧 🎈\ufe0f",
        "<|startoftext|> x <|endoftext|> </w>", "a ((red:1.2) fox, [old] <lyco:x:te=1:unet=0.5>:1.4) BREAK embedding:moody, a moody sea",
        @"\(fox\) [a:b:0.5] {c|d} __e__ (at 10:30) (fox:1,3) (x)++ :( AND y", "a, " + new string('b', 400),
    ];

    /// <summary>Signs that mean something in prompts.</summary>
    public static IReadOnlyList<string> PromptSigns { get; } =
    [
        "(", ")", "[", "]", "{", "}", "|", ":", ",", "\\", "1.2", ":1.2)", ": -3. )", ":.5]", " BREAK ", "AND", "a", " fox", "moody",
        "embedding:", "<lora:", "x:0.8>", "<", ">", "__", ":(", ";)", "=", "9", "\n", " ",
    ];

    /// <summary>Files with a prompt for each range of 16 frames.</summary>
    public static IReadOnlyList<string> PromptFiles { get; } =
    [
        "# a clip\n0-7: a fox, (red:1.2)\n\n8-11: a wolf <lora:x:1>\n12-: a hare\n4-9 negative: snow\n", "0-: a fox",
        "15: a\r\n0\u201314: b\r\n",
    ];
}
