"""What units of a name usually do, for houses whose list of duties is short and whose letters are few. Pure.

General knowledge of how a city's business is divided, by a part of the unit's name: what such units are there for and
what people call it when they write. Words are given to each kind that may have them (water is a bureau of its own in
one city and part of urban management in another); a word that many have counts less. A list of duties that the house
keeps says more and is shown instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from engage.search.terms import CJK_CHARACTER


@dataclass(frozen=True)
class Business:
    """One kind of business: what the names of its units have in them, and words of letters that it is about."""

    names: tuple[str, ...]
    words: tuple[str, ...]


# A line of names begins a kind of business; the lines under it are its words. "_" stands for a space.
_TABLE = """
教育 education school
  学校 小学 中学 高中 初中 幼儿园 教师 老师 学生 学籍 招生 入学 学区 学位 高考 中考 补课 培训班 教育 班主任 家长 学费
  课后 校车 教材 就读 转学 升学 上学 报名 分班 择校 录取 毕业 毕业证 校长 校园 食堂 寄宿 作业 课程 助学金 奖学金
  助学贷款 教师资格 支教 代课 民办 校服 课堂 中职 普通话 school pupil teacher kindergarten classroom tuition enrolment
交警 交通警察 交管 traffic_police
  违章 违停 违法停车 驾驶证 驾照 红绿灯 信号灯 车牌 上牌 扣分 罚款 交警 闯红灯 抓拍 酒驾 摩托车 交通事故 斑马线 单行
  限行 年检 罚单 逆行 科目 行车 车管所 二手车 人行横道 堵车 拥堵 超速 行驶证 驾驶人 电动车 三轮车 减速带 标线 隔离栏
  护栏 交通违法 违法记录 年审 超载 远光灯 掉头 车辆过户 疏导 电子眼 车检 验车 非机动车 parking_fine driving_licence
  traffic_light number_plate speeding
公安 police
  户口 户籍 身份证 派出所 民警 报警 治安 诈骗 盗窃 小偷 打架 立案 居住证 赌博 辅警 公安 警察 传销 落户 被骗 殴打
  农转非 非转农 户口本 销户 迁户 改名 出生日期 政审 无犯罪 案件 破案 侦查 拘留 报案 黑社会 恶势力 敲诈 失踪 毒品 护照
  出入境 养犬 网吧 保安 枪 爆竹 烟花 骚扰 涉黑 高利贷 police theft burglary fraud residence_permit identity_card
城市管理 城管 urban_management
  城管 占道 摊贩 小贩 夜市 烧烤 油烟 垃圾 环卫 路灯 噪音 违建 违章建筑 广告牌 停车位 停车场 绿化 公厕 井盖 洒水 市容
  单车 广场舞 扰民 公园 市政 人行道 盲道 路面 坑洼 下水道 污水 排水 自来水 供水 停水 水费 水表 天然气 燃气 供暖 供热
  暖气 亮化 花坛 清扫 清运 保洁 卫生死角 小广告 店外经营 流动摊 门头 招牌 便道 绿地 树木 雨水 积水 管网 道路照明 创卫
  脏乱差 rubbish litter street_light noise hawker public_toilet
住房 住建 城乡建设 housing construction
  房产证 物业 小区 业主 开发商 公租房 廉租房 保障房 商品房 预售 维修基金 棚户区 供暖 暖气 供热 天然气 燃气 建筑 工程款
  危房 房价 购房 交房 电梯 经济适用房 公积金 住房 物业费 业委会 业主委员会 烂尾 楼盘 售楼 延期交房 房屋质量 漏水 装修
  承重墙 施工 工地 旧城改造 老旧小区 拆迁 安置房 限价房 经适房 网签 竣工 验收 房管 物业公司 房地产 中介 租赁 施工许可
  landlord tenant housing developer heating lift property_management
交通运输 交通局 公路 transport
  公交 公交车 出租车 的士 客运 班车 大巴 汽车站 公路 国道 省道 高速 路政 网约车 运管 线路 站牌 票价 收费站 乘客 拒载
  打表 购票 车票 司机 农村公路 通村公路 县道 乡道 货车 货运 运输 驾校 营运 黑车 班次 候车 车站 桥梁 道路养护 隧道 修路
  客车 营运证 通车 bus taxi coach highway bus_stop fare timetable
卫生 卫健 health
  医院 医生 护士 疫苗 卫生院 诊所 门诊 住院 生育 二胎 独生子女 计划生育 防疫 核酸 隔离 疫情 医疗 村医 卫生室 病人 患者
  三胎 计生 准生证 生育证 献血 接种 疾控 医疗事故 误诊 手术 急诊 医德 护理 体检 病历 挂号 健康证 传染病 精神病 药品
  乡村医生 健康码 发热 出生证 hospital doctor nurse vaccine clinic patient epidemic
人力资源 社会保障 人社 labour human_resources social_security
  社保 养老保险 退休 工资 拖欠 劳动合同 招聘 事业单位 公务员 三支一扶 职称 工伤 失业 就业 人才 编制 社会保障卡 养老金
  面试 录用 加班 劳动 招考 特岗 岗位 人事 档案 调动 人才引进 引进人才 人才市场 津贴 补贴 工龄 评审 待遇 农民工 欠薪
  讨薪 仲裁 社保卡 缴费年限 停薪留职 下岗 再就业 创业 职工 企业改制 买断 遗属 考试成绩 笔试 聘用 合同工 临时工
  大学生村官 wages pension unemployed employer overtime retirement
医疗保障 医保 medical_insurance
  医保 报销 合疗 新农合 医疗保险 慢性病 慢病 缴费 异地就医 大病 医疗保障 合作医疗 医疗费 住院费 结算 参保 医保卡 药费
  备案 城乡居民医疗 起付线 报销比例 转诊 医疗救助 生育保险 门诊统筹 medical_insurance reimbursement
自然资源 国土 规划 natural_resources land planning
  土地 宅基地 征地 不动产 土地证 规划 占地 采矿 矿山 耕地 用地 国土 测绘 房产证 过户 确权 土地出让 登记中心 滑坡
  地质灾害 泥石流 采石 非法占用 土地使用权 容积率 红线 违法用地 征收 砂石 基本农田 出让金 land_title homestead mining
  zoning
水务 水利 自来水 供水 water
  自来水 水管 停水 供水 水费 水表 水质 水压 排水 河道 防洪 水库 灌溉 管网 饮水 吃水 河堤 采砂 水源 引水 移民 水土保持
  抗旱 渠 water_pipe water_meter water_bill flood drain
生态环境 环境保护 环保 environment
  污染 废气 废水 排污 臭味 扬尘 环保 粉尘 黑烟 污水 环评 噪声 空气质量 水污染 异味 偷排 雾霾 刺鼻 尾矿 灰尘 焚烧 辐射
  pollution smoke sewage emission smell
民政 civil_affairs
  低保 五保 殡葬 公墓 婚姻登记 养老院 敬老院 孤儿 救助 残疾 特困 社区 低保户 临时救助 坟 火葬 结婚证 离婚 高龄补贴
  流浪 村委会选举 地名 门牌 社会组织 留守儿童 cemetery funeral marriage_registration poverty
市场监督 市场监管 工商 market
  营业执照 食品安全 假冒 伪劣 过期 消费者 价格 欺诈 退款 商家 餐馆 药店 传销 涨价 乱收费 商标 超市 缺斤少两 虚假宣传
  质量问题 退货 发票 食品 饭店 收费标准 明码标价 预付卡 计量 特种设备 霸王条款 licence counterfeit consumer refund
农业 农村 agriculture rural
  农田 种子 化肥 农药 粮食 补贴 养殖 猪 牛羊 农机 高标准农田 农民 种植 蔬菜 合作社 承包地 土地流转 兽医 沼气 畜牧
  动物检疫 茶 果树 farm crop seed livestock fertiliser
文化 旅游 文旅 体育 culture tourism sport
  景区 门票 导游 旅行社 网吧 图书馆 文物 博物馆 演出 体育馆 健身 旅游 景点 古迹 剧院 电影 文化馆 广场舞 体育场 游泳
  电视 非遗 library museum tourist stadium
税务 税局 tax
  税 发票 纳税 契税 个税 增值税 退税 偷税 漏税 逃税 完税 印花税 tax invoice
退役军人 veterans
  退役 退伍 复员 转业 军人 优抚 参战 安置 老兵 军属 烈士 入伍 参军 现役 veteran soldier
林业 forestry
  林地 林权 树木 砍伐 退耕还林 森林 护林 野生动物 野猪 林场 苗木 公益林 木材 护林员 湿地 forest logging wildlife
应急 消防 emergency fire
  消防 火灾 安全隐患 灭火 爆炸 地震 应急 消防通道 安全生产 危险化学品 烟花爆竹 救灾 灭火器 消火栓 煤矿 fire explosion
  emergency
"""


def _read(table: str) -> tuple[Business, ...]:
    found: list[Business] = []
    for line in table.strip("\n").splitlines():
        parts = tuple(one.replace("_", " ") for one in line.split())
        if line.startswith(" "):
            last = found.pop()
            found.append(Business(last.names, last.words + parts))
        else:
            found.append(Business(parts, ()))
    return tuple(found)


BUSINESS = _read(_TABLE)
# A unit inside a bureau does that unit's business, not the bureau's: 公安局交警支队.
_ABOVE = re.compile(r"^.*(?:局|厅|委(?!员会))(?=.{2,})")


def usual_words(names: Iterable[str]) -> tuple[str, ...]:
    """Return the words that letters to a unit of these names usually have; none for a territory."""
    found: dict[str, None] = {}
    for name in names:
        own = _ABOVE.sub("", name).lower()
        for business in BUSINESS:
            if any(times(part, own) for part in business.names):
                found |= dict.fromkeys(business.words)
    return tuple(found)


def times(word: str, text: str) -> int:
    """Count a word in a text of small letters; of what is written with spaces, whole words and their plurals."""
    if CJK_CHARACTER.search(word):
        return text.count(word)
    return len(_whole(word).findall(text)) if word in text else 0


@lru_cache(maxsize=4_000)
def _whole(word: str) -> re.Pattern[str]:
    return re.compile(rf"\b{re.escape(word)}(?:e?s)?\b")
